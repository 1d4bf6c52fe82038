//! Functions that change the type or the marks of a value.

use super::{Call, Function, FunctionError, Kind, Outcome, Param};
use crate::value::{Marks, Value, convert};

const ANY: Param = Param::new(Kind::Any)
    .or_null()
    .or_unknown()
    .or_untyped()
    .owns_marks();
const MARKED: Param = ANY;

pub(super) const ALL: &[Function] = &[
    Function::new("ephemeralasnull", &[MARKED], Kind::Any, |call| {
        let value = call.arg(0);
        Ok(match value.marks.has(Marks::EPHEMERAL) {
            true => Value::null_of(value.ty()),
            false => value.clone(),
        })
    })
    .or_null(),
    Function::new("issensitive", &[MARKED], Kind::Bool, |call| {
        let value = call.arg(0);
        Ok(match value.as_unknown() {
            // What is unknown may still turn out sensitive.
            Some(unknown) if !value.is_sensitive() => call.unknown(unknown.because.clone()),
            _ => Value::bool(value.is_sensitive()),
        })
    })
    .or_null(),
    Function::new("nonsensitive", &[MARKED], Kind::Any, |call| {
        let mut value = call.arg(0).clone();
        value.marks = value.marks.without(Marks::SENSITIVE);
        Ok(value)
    })
    .or_null(),
    Function::new("sensitive", &[MARKED], Kind::Any, |call| {
        Ok(call.arg(0).clone().marked(Marks::SENSITIVE))
    })
    .or_null(),
    Function::new("tobool", &[ANY], Kind::Bool, to).or_null(),
    Function::new("tolist", &[ANY], Kind::List(&Kind::Any), to).or_null(),
    Function::new("tomap", &[ANY], Kind::Map(&Kind::Any), to).or_null(),
    Function::new("tonumber", &[ANY], Kind::Number, to).or_null(),
    Function::new("toset", &[ANY], Kind::Set(&Kind::Any), to).or_null(),
    Function::new("tostring", &[ANY], Kind::String, to).or_null(),
];

/// To the type that the function answers.
fn to(call: &Call<'_>) -> Outcome {
    let ty = call.function.returns.ty();
    let mut value = convert(call.arg(0), &ty).map_err(|error| FunctionError::argument(0, error))?;
    if let Some(unknown) = call.arg(0).as_unknown() {
        // What was known of it does not come through the call.
        let open = Value::unknown_of(value.ty(), unknown.because.clone());
        value = open.marked(value.marks).with_origin(value.origin.clone());
    }
    Ok(value)
}
