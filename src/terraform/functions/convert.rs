//! Functions that change the type or the marks of a value.

use super::{Call, Function, FunctionError, Kind, Outcome, Param};
use crate::value::{Marks, Value, convert};

const ANY: Param = Param::new(Kind::Any).or_null().or_unknown().keeps_marks();
const MARKED: Param = Param::new(Kind::Any).or_null().or_unknown().owns_marks();

pub(super) const ALL: &[Function] = &[
    Function::new("ephemeralasnull", &[MARKED], Kind::Any, |call| {
        let value = call.arg(0);
        Ok(match value.marks.has(Marks::EPHEMERAL) {
            true => Value::null_of(value.ty()),
            false => value.clone(),
        })
    }),
    Function::new("issensitive", &[MARKED], Kind::Bool, |call| {
        let value = call.arg(0);
        Ok(match value.as_unknown() {
            // What is unknown may still turn out sensitive.
            Some(unknown) if !value.is_sensitive() => call.unknown(unknown.because.clone()),
            _ => Value::bool(value.is_sensitive()),
        })
    }),
    Function::new("nonsensitive", &[MARKED], Kind::Any, |call| {
        let mut value = call.arg(0).clone();
        value.marks = value.marks.without(Marks::SENSITIVE);
        Ok(value)
    }),
    Function::new("sensitive", &[MARKED], Kind::Any, |call| {
        Ok(call.arg(0).clone().marked(Marks::SENSITIVE))
    }),
    Function::new("tobool", &[ANY], Kind::Bool, to),
    Function::new("tolist", &[ANY], Kind::List(&Kind::Any), to),
    Function::new("tomap", &[ANY], Kind::Map(&Kind::Any), to),
    Function::new("tonumber", &[ANY], Kind::Number, to),
    Function::new("toset", &[ANY], Kind::Set(&Kind::Any), to),
    Function::new("tostring", &[ANY], Kind::String, to),
];

/// To the type that the function answers.
fn to(call: &Call<'_>) -> Outcome {
    let ty = call.function.returns.ty();
    convert(call.arg(0), &ty).map_err(|error| FunctionError::argument(0, error.to_string()))
}
