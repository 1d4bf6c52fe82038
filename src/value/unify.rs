//! One type for several values: the arms of a conditional, the elements of a list.

use std::sync::Arc;

use super::convert::can_convert;
use super::{ObjectAttribute, Type};

/// The type that all of these convert to, as Terraform chooses it; none when there is none.
///
/// `Dynamic` when one of the parts is not known well enough to say.
pub fn unify(types: &[Type]) -> Option<Type> {
    let first = types.first()?;
    if types.iter().all(|ty| ty == first) {
        return Some(first.clone());
    }
    let count = |is: fn(&Type) -> bool| types.iter().filter(|ty| is(ty)).count();
    let all = types.len();
    let dynamic = count(|ty| matches!(ty, Type::Dynamic));
    let maps = count(|ty| matches!(ty, Type::Map(_)));
    let lists = count(|ty| matches!(ty, Type::List(_)));
    let sets = count(|ty| matches!(ty, Type::Set(_)));
    let objects = count(|ty| matches!(ty, Type::Object(_)));
    let tuples = count(|ty| matches!(ty, Type::Tuple(_)));
    if maps > 0 && maps + dynamic == all {
        return unify_collections(types, dynamic, Type::map);
    }
    if maps > 0
        && maps + objects + dynamic == all
        && let Some(found) = unify_as(types, Type::map)
    {
        return Some(found);
    }
    if lists > 0 && lists + dynamic == all {
        return unify_collections(types, dynamic, Type::list);
    }
    if lists > 0
        && lists + tuples + dynamic == all
        && let Some(found) = unify_as(types, Type::list)
    {
        return Some(found);
    }
    if sets > 0 && sets + dynamic == all {
        return unify_collections(types, dynamic, Type::set);
    }
    if objects > 0 && objects + dynamic == all {
        return unify_objects(types, dynamic);
    }
    if tuples > 0 && tuples + dynamic == all {
        return unify_tuples(types, dynamic);
    }
    if objects > 0 && tuples > 0 {
        return None;
    }
    by_preference(types)
}

/// Takes the type that most others convert to.
fn by_preference(types: &[Type]) -> Option<Type> {
    let mut candidates: Vec<&Type> = Vec::new();
    for ty in types {
        if !candidates.contains(&ty) {
            candidates.push(ty);
        }
    }
    candidates.sort_by_key(|ty| preference(ty));
    candidates
        .into_iter()
        .find(|wanted| {
            types
                .iter()
                .all(|ty| ty == *wanted || can_convert(ty, wanted))
        })
        .cloned()
}

/// Smaller is preferred: lists before tuples before sets, maps before objects, strings before other primitives.
fn preference(ty: &Type) -> u8 {
    match ty {
        Type::String | Type::List(_) | Type::Map(_) => 0,
        Type::Number | Type::Bool | Type::Tuple(_) | Type::Object(_) => 1,
        Type::Set(_) => 2,
        Type::Dynamic => 3,
    }
}

fn unify_collections(types: &[Type], dynamic: usize, of: fn(Type) -> Type) -> Option<Type> {
    if dynamic > 0 {
        return Some(Type::Dynamic);
    }
    let elements: Vec<Type> = types.iter().filter_map(Type::element).cloned().collect();
    unify(&elements).map(of)
}

/// Collections and their structural likenesses, as collections.
fn unify_as(types: &[Type], of: fn(Type) -> Type) -> Option<Type> {
    let mut elements: Vec<Type> = Vec::new();
    for ty in types {
        match ty {
            Type::List(element) | Type::Map(element) => elements.push((**element).clone()),
            Type::Tuple(all) => elements.extend(all.iter().cloned()),
            Type::Object(all) => elements.extend(all.iter().map(|a| a.ty.clone())),
            _ => return Some(Type::Dynamic),
        }
    }
    elements.dedup();
    unify(&elements).map(of)
}

fn unify_objects(types: &[Type], dynamic: usize) -> Option<Type> {
    if dynamic > 0 {
        return Some(Type::Dynamic);
    }
    let objects: Vec<&Arc<[ObjectAttribute]>> = types
        .iter()
        .filter_map(|ty| match ty {
            Type::Object(all) => Some(all),
            _ => None,
        })
        .collect();
    let first = objects.first()?;
    let same_names = objects.iter().all(|object| {
        object.len() == first.len()
            && object
                .iter()
                .zip(first.iter())
                .all(|(a, b)| a.name == b.name)
    });
    if same_names {
        let unified: Option<Vec<ObjectAttribute>> = first
            .iter()
            .enumerate()
            .map(|(at, attribute)| {
                let column: Vec<Type> = objects
                    .iter()
                    .filter_map(|object| object.get(at).map(|a| a.ty.clone()))
                    .collect();
                Some(ObjectAttribute {
                    name: Arc::clone(&attribute.name),
                    ty: unify(&column)?,
                    optional: false,
                })
            })
            .collect();
        if let Some(all) = unified {
            return Some(Type::Object(all.into()));
        }
    }
    let every: Vec<Type> = objects
        .iter()
        .flat_map(|object| object.iter().map(|a| a.ty.clone()))
        .collect();
    unify(&every).map(Type::map)
}

fn unify_tuples(types: &[Type], dynamic: usize) -> Option<Type> {
    if dynamic > 0 {
        return Some(Type::Dynamic);
    }
    let tuples: Vec<&Arc<[Type]>> = types
        .iter()
        .filter_map(|ty| match ty {
            Type::Tuple(all) => Some(all),
            _ => None,
        })
        .collect();
    let first = tuples.first()?;
    if tuples.iter().all(|tuple| tuple.len() == first.len()) {
        // Of equal length they stay tuples or do not unify at all, unlike objects.
        let unified: Option<Vec<Type>> = (0..first.len())
            .map(|at| {
                let column: Vec<Type> = tuples
                    .iter()
                    .filter_map(|tuple| tuple.get(at).cloned())
                    .collect();
                unify(&column)
            })
            .collect();
        return unified.map(|all| Type::Tuple(all.into()));
    }
    let every: Vec<Type> = tuples
        .iter()
        .flat_map(|tuple| tuple.iter().cloned())
        .collect();
    unify(&every).map(Type::list)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tuple(all: &[Type]) -> Type {
        Type::Tuple(all.into())
    }

    #[test]
    fn chooses_as_terraform_does() {
        use Type::{Bool, Dynamic, Number, String};
        let object = |name: &str, ty| Type::object([(name.into(), ty)]);
        for (types, unified) in [
            (vec![Number, String], Some(String)),
            (vec![Number, Bool], None),
            (vec![Dynamic, Number], Some(Number)),
            (
                vec![tuple(&[Number]), tuple(&[Number, Number])],
                Some(Type::list(Number)),
            ),
            (
                vec![tuple(&[Number]), tuple(&[String])],
                Some(tuple(&[String])),
            ),
            (vec![tuple(&[]), tuple(&[String])], Some(Type::list(String))),
            (
                vec![Type::list(String), tuple(&[])],
                Some(Type::list(String)),
            ),
            (
                vec![Type::set(String), tuple(&[String])],
                Some(Type::set(String)),
            ),
            (
                vec![object("a", Number), object("b", Number)],
                Some(Type::map(Number)),
            ),
            (
                vec![object("a", Number), object("a", String)],
                Some(object("a", String)),
            ),
            (
                vec![Type::map(Number), Type::object([])],
                Some(Type::map(Number)),
            ),
            (vec![tuple(&[Number]), object("a", Number)], None),
            (vec![tuple(&[Number, String]), tuple(&[Bool, String])], None),
        ] {
            assert_eq!(unify(&types), unified, "{types:?}");
        }
    }
}
