//! `for` expressions and object constructors.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Evaluator, Fault, Outcome, parts, unknown_from};
use crate::source::Place;
use crate::syntax::hcl::{self, ExprId, ExprKind, KeyKind, Member};
use crate::terraform::scope::{Frame, Names, Scope, has_origin};
use crate::text::Text;
use crate::value::{Because, Data, Marks, Type, Unknown, Value};

/// Keys and values of a known collection, in Terraform's order. Elements without an origin take that of the whole.
pub(in crate::terraform) fn pairs(
    collection: &Value,
    place: Place,
) -> Result<Vec<(Value, Value)>, Fault> {
    // What comes out of a resource stays known as such: the provider may add attributes to its blocks.
    let of_resource = !collection.origin.references().is_empty();
    let adopt = |value: &Value| {
        let mut value = value.clone();
        if !has_origin(&value.origin) {
            value.origin = collection.origin.clone();
        } else if !of_resource {
            value.origin = collection.origin.inside(&value.origin);
        } else if of_resource && value.origin.via.is_none() {
            value.origin.via.clone_from(&collection.origin.via);
        }
        value
    };
    match &collection.data {
        Data::List(_, all) | Data::Tuple(all) => Ok(all
            .iter()
            .enumerate()
            .map(|(at, value)| (Value::int(at as i64), adopt(value)))
            .collect()),
        Data::Set(_, all) => Ok(all
            .iter()
            .map(|value| (adopt(value), adopt(value)))
            .collect()),
        Data::Map(_, all) | Data::Object(all) => Ok(all
            .iter()
            .map(|(key, value)| {
                let value = adopt(value);
                let mut key = Value::string(Arc::clone(key));
                key.origin = value.origin.clone();
                (key, value)
            })
            .collect()),
        Data::Null(_) => Err(Fault::value(place, "null cannot be gone through")),
        _ => Err(Fault::value(
            place,
            format!(
                "a {} cannot be gone through: a collection is needed",
                collection.ty()
            ),
        )),
    }
}

/// Refuses an unknown that cannot turn out to be a collection.
pub(super) fn check_iterable(unknown: &Unknown, place: Place) -> Result<(), Fault> {
    if unknown.ty.is_primitive() {
        return Err(Fault::value(
            place,
            format!("a {} cannot be gone through", unknown.ty),
        ));
    }
    Ok(())
}

/// Results of a `for` expression that makes an object.
#[derive(Default)]
struct Groups {
    single: Vec<(Arc<str>, Value)>,
    grouped: BTreeMap<Arc<str>, Vec<Value>>,
}

fn after_if() -> Text {
    Text::new("the condition after `if`", "la condition après `if`")
}

impl<'a> Evaluator<'a> {
    pub(super) fn object(
        &self,
        file: &hcl::File,
        members: &[Member],
        place: Place,
        scope: &Scope<'_, 'a>,
    ) -> Outcome {
        self.make(members.len(), place)?;
        let mut entries = Vec::with_capacity(members.len());
        let mut all_marks = Marks::NONE;
        let mut unknown = None;
        for member in members {
            let key_expr = file.expr(member.key);
            let key = match (member.key_kind, key_expr.kind) {
                (KeyKind::Name, _) => Arc::from(file.text(key_expr.span)),
                (_, ExprKind::String(literal)) => crate::value::normal_text(&file.literal(literal)),
                (kind, form) => {
                    let at = file.place(key_expr.span);
                    if kind == KeyKind::Expression && matches!(form, ExprKind::Traversal { .. }) {
                        return Err(Fault::code(
                            at,
                            "it is not clear whether this key is a name or a reference",
                        )
                        .help(
                            "put it in parentheses to use its value, in quotes to use it as it is",
                        ));
                    }
                    let value = self.eval(file, member.key, scope)?;
                    all_marks = all_marks.with(value.marks);
                    match self.text_of(
                        &value,
                        at,
                        &Text::new("an object key", "une clé d’objet"),
                    )? {
                        Some(text) => text,
                        None => {
                            self.eval(file, member.value, scope)?;
                            unknown.get_or_insert(value);
                            continue;
                        }
                    }
                }
            };
            let mut value = self.eval(file, member.value, scope)?;
            if value.origin.place.is_none() {
                value.origin.place = Some(file.place(file.expr(member.value).span));
            }
            entries.push((key, value));
        }
        if let Some(value) = unknown {
            return Ok(unknown_from(&value, Type::Dynamic, place).marked(all_marks));
        }
        Ok(Value::object(entries).at(place).marked(all_marks))
    }

    pub(super) fn for_expr(
        &self,
        file: &hcl::File,
        each: &hcl::For,
        place: Place,
        scope: &Scope<'_, 'a>,
    ) -> Outcome {
        let collection = self.eval(file, each.collection, scope)?;
        let collection_place = file.place(file.expr(each.collection).span);
        let mut all_marks = collection.marks;
        let condition_marks = match each.condition {
            Some(condition) => self.check_condition(file, each, condition, scope)?,
            None => Marks::NONE,
        };
        if let Some(unknown) = collection.as_unknown() {
            check_iterable(unknown, collection_place)?;
            all_marks = all_marks.with(condition_marks);
            return Ok(unknown_from(&collection, Type::Dynamic, place).marked(all_marks));
        }
        let mut unknown: Option<Value> = None;
        let mut elements = Vec::new();
        let mut groups = Groups::default();
        for (key, value) in pairs(&collection, collection_place)? {
            self.make(1, place)?;
            let outer = Frame {
                names: Names::One(each.key_name.map_or("", |name| file.text(name)), key),
                outer: scope.frame,
            };
            let frame = Frame {
                names: Names::One(file.text(each.value_name), value),
                outer: Some(&outer),
            };
            let inner = scope.with(&frame);
            if let Some(condition) = each.condition {
                let test = self.eval(file, condition, &inner)?;
                all_marks = all_marks.with(test.marks);
                let at = file.place(file.expr(condition).span);
                match self.bool_of(&test, at, &after_if())? {
                    Some(true) => {}
                    Some(false) => continue,
                    None => {
                        unknown.get_or_insert(test);
                        continue;
                    }
                }
            }
            let Some(key_id) = each.key else {
                elements.push(self.eval(file, each.value, &inner)?);
                continue;
            };
            let key = self.eval(file, key_id, &inner)?;
            all_marks = all_marks.with(key.marks);
            let at = file.place(file.expr(key_id).span);
            let Some(key) = self.text_of(&key, at, &Text::new("the key", "la clé"))? else {
                unknown.get_or_insert(key);
                continue;
            };
            let value = self.eval(file, each.value, &inner)?;
            if each.group {
                groups.grouped.entry(key).or_default().push(value);
            } else {
                groups.single.push((key, value));
            }
        }
        if let Some(value) = unknown {
            let mut result = unknown_from(&value, Type::Dynamic, place).marked(all_marks);
            result.origin = parts(place, [value.origin, collection.origin]);
            return Ok(result);
        }
        let result = if each.key.is_none() {
            Value::tuple(elements)
        } else if each.group {
            let grouped = groups.grouped.into_iter();
            Value::object(grouped.map(|(key, values)| (key, Value::tuple(values))))
        } else {
            check_repeats(&mut groups.single, file, each)?;
            Value::object(groups.single)
        };
        let mut result = result.marked(all_marks);
        result.origin = parts(place, [collection.origin]);
        Ok(result)
    }
}

impl<'a> Evaluator<'a> {
    /// Looks at the condition before there is any element, so that a wrong one is refused for empty collections too.
    fn check_condition(
        &self,
        file: &hcl::File,
        each: &hcl::For,
        condition: ExprId,
        scope: &Scope<'_, 'a>,
    ) -> Result<Marks, Fault> {
        let at = file.place(file.expr(condition).span);
        let any = || {
            Value::unknown(Because::other(Text::new(
                "it stands for any element",
                "elle tient lieu de tout élément",
            )))
        };
        let outer = Frame {
            names: Names::One(each.key_name.map_or("", |name| file.text(name)), any()),
            outer: scope.frame,
        };
        let frame = Frame {
            names: Names::One(file.text(each.value_name), any()),
            outer: Some(&outer),
        };
        let test = self.eval(file, condition, &scope.with(&frame))?;
        self.bool_of(&test, at, &after_if())?;
        Ok(test.marks)
    }
}

fn check_repeats(
    entries: &mut [(Arc<str>, Value)],
    file: &hcl::File,
    each: &hcl::For,
) -> Result<(), Fault> {
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    let twice = entries.windows(2).find_map(|pair| match pair {
        [(a, _), (b, _)] if a == b => Some(Arc::clone(a)),
        _ => None,
    });
    let Some(key) = twice else { return Ok(()) };
    let at = each.key.map_or(each.value_name, |id| file.expr(id).span);
    Err(
        Fault::value(file.place(at), format!("the key \"{key}\" comes twice"))
            .help("write `...` after the value to group the values of equal keys"),
    )
}
