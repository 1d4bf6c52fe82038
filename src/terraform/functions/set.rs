//! Functions over sets.

use super::{Call, Function, FunctionError, Kind, Outcome, Param, Shape};
use crate::text::Text;
use crate::value::{Data, Type, Value, convert, identical, unify};

const SET: Param = Param::new(Kind::Set(&Kind::Any));
const PRODUCT: Param = Param::new(Kind::Any).keeps_marks().shaped(Shape::Sequence);
const SETS: Kind = Kind::Set(&Kind::Any);

pub(super) const ALL: &[Function] = &[
    Function::variadic("setintersection", &[SET], SET, SETS, intersection),
    Function::variadic("setproduct", &[], PRODUCT, Kind::Any, product),
    Function::new("setsubtract", &[SET, SET], SETS, subtract),
    Function::variadic("setunion", &[SET], SET, SETS, union),
];

/// The arguments with elements of one type.
fn unified(call: &Call<'_>) -> Result<(Type, Vec<Value>), FunctionError> {
    let types: Vec<Type> = call
        .args
        .iter()
        .filter_map(|arg| match &arg.data {
            // An empty set of nothing fits every other one.
            Data::Set(Type::Dynamic, all) if all.is_empty() => None,
            Data::Set(ty, _) => Some(ty.clone()),
            _ => None,
        })
        .collect();
    let ty = match types.is_empty() {
        true => Type::Dynamic,
        false => unify(&types).ok_or_else(|| {
            FunctionError::new(Text::new(
                "all sets must have elements of one type",
                "tous les ensembles doivent avoir des éléments d’un même type",
            ))
        })?,
    };
    let wanted = Type::set(ty.clone());
    let sets: Result<Vec<Value>, _> = call
        .args
        .iter()
        .enumerate()
        .map(|(at, arg)| convert(arg, &wanted).map_err(|error| FunctionError::argument(at, error)))
        .collect();
    Ok((ty, sets?))
}

fn elements(sets: &[Value]) -> impl Iterator<Item = &[Value]> {
    sets.iter().map(|set| set.elements().unwrap_or_default())
}

fn union(call: &Call<'_>) -> Outcome {
    let (ty, sets) = unified(call)?;
    let mut all = Vec::new();
    for set in elements(&sets) {
        all.extend_from_slice(set);
        call.check_count(all.len())?;
    }
    call.built(Value::set(ty, all))
}

fn intersection(call: &Call<'_>) -> Outcome {
    filtered(call, true)
}

fn subtract(call: &Call<'_>) -> Outcome {
    filtered(call, false)
}

/// Keeps what is in all other sets, or in none of them.
fn filtered(call: &Call<'_>, in_others: bool) -> Outcome {
    let (ty, sets) = unified(call)?;
    if let Some(unknown) = call.unknown_inside() {
        return Ok(unknown);
    }
    let mut kept: Vec<Value> = elements(&sets).next().unwrap_or_default().to_vec();
    for other in elements(&sets).skip(1) {
        let keys: hashbrown::HashSet<String> = other.iter().map(key).collect();
        kept.retain(|value| {
            let found = keys.contains(&key(value)) && other.iter().any(|o| identical(o, value));
            found == in_others
        });
    }
    Ok(Value::set(ty, kept))
}

/// Equal values of one type have equal keys.
fn key(value: &Value) -> String {
    value.to_json_text()
}

fn product(call: &Call<'_>) -> Outcome {
    if call.args.len() < 2 {
        return Err(FunctionError::new(Text::new(
            "at least two arguments expected",
            "au moins deux arguments attendus",
        )));
    }
    let mut columns: Vec<(Type, Vec<Value>)> = Vec::new();
    let mut are_lists = true;
    let mut size = 1usize;
    for (at, arg) in call.args.iter().enumerate() {
        let wanted = match &arg.data {
            Data::Set(ty, _) => {
                are_lists = false;
                Type::list(ty.clone())
            }
            Data::List(..) | Data::Tuple(_) => Type::list(Type::Dynamic),
            _ => {
                return Err(FunctionError::argument(
                    at,
                    Text::new(
                        "a set or list is required",
                        "un ensemble ou une liste est requis",
                    ),
                ));
            }
        };
        let list = convert(arg, &wanted).map_err(|error| FunctionError::argument(at, error))?;
        if let Some(unknown) = list.as_unknown() {
            // A set whose length is open.
            let ty = Type::set(Type::Dynamic);
            return Ok(Value::unknown_of(ty, unknown.because.clone()));
        }
        let all = list.elements().unwrap_or_default().to_vec();
        size = size.saturating_mul(all.len());
        columns.push((list.ty().element().cloned().unwrap_or_default(), all));
    }
    call.check_count(size.saturating_mul(columns.len()))?;
    let ty = Type::Tuple(columns.iter().map(|(ty, _)| ty.clone()).collect());
    let mut rows: Vec<Vec<Value>> = if size == 0 {
        Vec::new()
    } else {
        vec![Vec::new()]
    };
    for (_, column) in &columns {
        rows = rows
            .iter()
            .flat_map(|row| {
                column.iter().map(|value| {
                    let mut row = row.clone();
                    row.push(value.clone());
                    row
                })
            })
            .collect();
    }
    let rows: Vec<Value> = rows.into_iter().map(Value::tuple).collect();
    call.built(match are_lists {
        true => Value::list(ty, rows),
        false => Value::set(ty, rows),
    })
}
