//! What happens around every function: conversion of arguments, nulls, unknowns, marks, origins.

use std::sync::Arc;

use super::{Call, Context, Function, FunctionError, Outcome, Param, not_evaluated};
use crate::source::Place;
use crate::value::{Data, Marks, Origin, Step, Value, Via, convert};

/// Calls a function with evaluated arguments. `place` is that of the call, and becomes the place of the result.
///
/// # Errors
/// When Terraform would refuse the call.
pub fn call(
    function: &'static Function,
    mut args: Vec<Value>,
    context: &dyn Context,
    place: Option<Place>,
) -> Outcome {
    check_count(function, args.len())?;
    let Some(run) = function.run else {
        return Ok(not_evaluated(function.name, function.returns.ty(), place));
    };
    let mut marks = Marks::NONE;
    let mut because = None;
    for (at, arg) in args.iter_mut().enumerate() {
        let Some(param) = function.param(at) else {
            continue;
        };
        *arg = take(param, at, arg)?;
        if !param.marks {
            let found = arg.deep_marks();
            if found != Marks::NONE {
                marks = marks.with(found);
                *arg = arg.unmarked();
            }
        }
        if let Some(unknown) = arg.as_unknown()
            && !param.unknowns
        {
            because.get_or_insert_with(|| unknown.because.clone());
        }
    }
    let mut result = match because {
        Some(because) => Value::unknown_of(function.returns.ty(), because),
        None => run(&Call {
            function,
            args: &args,
            context,
        })?,
    };
    check_size(&result, context)?;
    result.marks = result.marks.with(marks);
    result.origin = origin(&result.origin, &args, place);
    Ok(result)
}

fn check_count(function: &Function, given: usize) -> Result<(), FunctionError> {
    let (least, most) = function.arity();
    let fits = given >= least && most.is_none_or(|most| given <= most);
    if fits {
        return Ok(());
    }
    let quantity = if most.is_none() { "at least " } else { "" };
    let plural = if least == 1 { "" } else { "s" };
    Err(FunctionError::new(format!(
        "{quantity}{least} argument{plural} expected, {given} given"
    )))
}

fn take(param: &Param, at: usize, arg: &Value) -> Outcome {
    let converted = convert(arg, &param.kind.ty())
        .map_err(|error| FunctionError::argument(at, error.to_string()))?;
    if converted.is_null() && !param.nulls {
        return Err(FunctionError::argument(at, "it must not be null"));
    }
    Ok(converted)
}

/// Strings built by evaluation are bounded; collections are bounded where they are built.
fn check_size(result: &Value, context: &dyn Context) -> Result<(), FunctionError> {
    let limit = context.limits().string;
    match &result.data {
        Data::String(text) if text.len() > limit => Err(FunctionError::new(format!(
            "the result is longer than {limit} bytes, the limit for one string"
        ))),
        _ => Ok(()),
    }
}

/// The result came from the argument or element that it is, else from all arguments.
fn origin(own: &Origin, args: &[Value], place: Option<Place>) -> Origin {
    let is_set = |origin: &Origin| origin.place.is_some() || origin.via.is_some();
    let mut origins = Vec::new();
    if is_set(own) {
        origins.push(own.clone());
    }
    // An argument passed through whole is the only evidence; the others were not taken.
    if !is_set(own) || !args.iter().any(|arg| arg.origin == *own) {
        for arg in args {
            if is_set(&arg.origin) && !origins.contains(&arg.origin) {
                origins.push(arg.origin.clone());
            }
        }
    }
    let via = (!origins.is_empty()).then(|| {
        Arc::new(Via {
            step: Step::Parts,
            origins,
        })
    });
    Origin { place, via }
}
