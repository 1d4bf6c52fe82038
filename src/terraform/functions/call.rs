//! What happens around every function: conversion of arguments, nulls, unknowns, marks, origins.

use std::sync::{Arc, LazyLock};

use super::{Context, Function, FunctionError, Marking, Outcome, Param, Reads, not_evaluated};
use crate::source::Place;
use crate::terraform::limits::BYTES_PER_STEP;
use crate::text::{Text, text};
use crate::value::{Because, Marks, Number, Origin, Step, Type, Value, Via, convert, normal_text};

/// One call, as the code of a function sees it: arguments converted, and checked against its parameters.
pub struct Call<'a> {
    /// The function.
    pub function: &'static Function,
    /// The arguments.
    pub args: &'a [Value],
    /// The evaluation around it.
    pub context: &'a dyn Context,
}

impl<'a> Call<'a> {
    /// An argument; null when it was left out.
    pub(super) fn arg(&self, at: usize) -> &'a Value {
        static ABSENT: LazyLock<Value> = LazyLock::new(Value::null);
        self.args.get(at).unwrap_or(&ABSENT)
    }

    /// A string argument.
    pub(super) fn text(&self, at: usize) -> &'a str {
        self.arg(at).as_str().unwrap_or_default()
    }

    /// A number argument.
    pub(super) fn number(&self, at: usize) -> Result<&'a Number, FunctionError> {
        self.arg(at).as_number().ok_or_else(|| {
            FunctionError::argument(
                at,
                Text::new("a number is required", "un nombre est requis"),
            )
        })
    }

    /// A number argument that must be whole.
    pub(super) fn int(&self, at: usize) -> Result<i64, FunctionError> {
        self.number(at)?.as_i64().ok_or_else(|| {
            FunctionError::argument(
                at,
                Text::new("a whole number is required", "un nombre entier est requis"),
            )
        })
    }

    /// A whole number argument of at least zero.
    pub(super) fn size(&self, at: usize) -> Result<usize, FunctionError> {
        usize::try_from(self.int(at)?).map_err(|_| {
            FunctionError::argument(
                at,
                Text::new("it must not be negative", "il ne doit pas être négatif"),
            )
        })
    }

    /// The elements of a sequence argument.
    pub(super) fn elements(&self, at: usize) -> &'a [Value] {
        self.arg(at).elements().unwrap_or_default()
    }

    /// The unknown that the call answers when an argument has an unknown part.
    pub(super) fn unknown_inside(&self) -> Option<Value> {
        let unknown = self.args.iter().find_map(Value::first_unknown)?;
        Some(self.unknown(unknown.because.clone()))
    }

    /// An unknown of the type that the function answers.
    pub(super) fn unknown(&self, because: Because) -> Value {
        Value::unknown_of(self.function.returns.ty(), because)
    }

    /// A string, unless it is above the limit.
    pub(super) fn string(&self, text: &str) -> Outcome {
        self.check_length(text.len())?;
        Ok(Value::string(normal_text(text)))
    }

    /// Refuses the length of a string above the limit, before it is built.
    pub(super) fn check_length(&self, bytes: usize) -> Result<(), FunctionError> {
        let limit = self.context.limits().string;
        if bytes > limit {
            return Err(FunctionError::new(text!(
                "the result is longer than {limit} bytes, the limit for one string",
                "le résultat dépasse {limit} octets, la limite pour une chaîne"
            )));
        }
        Ok(())
    }

    /// Refuses a number of elements above the limit, before they are built.
    pub(super) fn check_count(&self, elements: usize) -> Result<(), FunctionError> {
        let limit = self.context.limits().nodes;
        if elements > limit {
            return Err(FunctionError::new(text!(
                "the result has more than {limit} elements, the limit for one value",
                "le résultat a plus de {limit} éléments, la limite pour une valeur"
            )));
        }
        Ok(())
    }

    /// A value that shares nothing with the arguments: all that is in it counts as made.
    pub(super) fn fresh(&self, value: Value) -> Outcome {
        let value = self.built(value)?;
        let (mut values, mut bytes) = (0, 0);
        weigh(&value, &mut values, &mut bytes);
        self.context.made(values)?;
        Ok(value)
    }

    /// A value made of elements of others, unless it is above the limit with all that is in it.
    pub(super) fn built(&self, value: Value) -> Outcome {
        let limit = self.context.limits().nodes;
        let mut left = limit;
        let fits = fits(&value, &mut left);
        self.context.spend((limit - left) / VALUES_PER_STEP)?;
        if !fits {
            self.check_count(limit.saturating_add(1))?;
        }
        Ok(value)
    }
}

/// A step of the evaluation takes as long as looking at so many values and no further.
const VALUES_PER_STEP: usize = 4;

/// The steps it takes to read an argument.
fn weight(function: &Function, param: &Param, arg: &Value) -> usize {
    let bytes = arg.as_str().map_or(0, str::len);
    let top = || match (arg.elements(), arg.entries()) {
        (Some(all), _) => all.len(),
        (_, Some(all)) => all.len(),
        _ => 0,
    };
    match param.reads(function) {
        Reads::One => 0,
        Reads::Top => top() / VALUES_PER_STEP + bytes / BYTES_PER_STEP,
        Reads::All => {
            let (mut values, mut bytes) = (0, 0);
            weigh(arg, &mut values, &mut bytes);
            values + bytes / BYTES_PER_STEP
        }
    }
}

fn weigh(value: &Value, values: &mut usize, bytes: &mut usize) {
    *values += 1;
    *bytes += value.as_str().map_or(0, str::len);
    for inner in value.elements().unwrap_or_default() {
        weigh(inner, values, bytes);
    }
    for (_, inner) in value.entries().unwrap_or_default() {
        weigh(inner, values, bytes);
    }
}

fn fits(value: &Value, left: &mut usize) -> bool {
    let Some(rest) = left.checked_sub(1) else {
        return false;
    };
    *left = rest;
    value
        .elements()
        .unwrap_or_default()
        .iter()
        .chain(value.entries().unwrap_or_default().iter().map(|(_, v)| v))
        .all(|inner| fits(inner, left))
}

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
    for (at, arg) in args.iter_mut().enumerate() {
        if let Some(param) = function.param(at) {
            context.spend(weight(function, param, arg))?;
            *arg = convert(arg, &param.kind.ty())
                .map_err(|error| FunctionError::argument(at, error))?;
        }
    }
    let mut result = match not_run(function, &mut args)? {
        Ready::Untyped(value) => value,
        Ready::Open(value) => function.refine(value),
        Ready::With(marks) => {
            let value = run(&Call {
                function,
                args: &args,
                context,
            })?;
            match value.outer_ty() {
                Type::Dynamic => value.marked(marks),
                _ => function.refine(value.marked(marks)),
            }
        }
    };
    result.origin = origin(&result.origin, &args, place);
    Ok(result)
}

/// Whether a function can run.
enum Ready {
    /// The result is this unknown, since nothing is known of an argument.
    Untyped(Value),
    /// The result is this unknown, since an argument is.
    Open(Value),
    /// The result takes these marks.
    With(Marks),
}

/// Looks at the arguments in their order, as Terraform does: the first one that leaves the result open decides.
fn not_run(function: &Function, args: &mut [Value]) -> Result<Ready, FunctionError> {
    for (at, arg) in args.iter().enumerate() {
        let Some(param) = function.param(at) else {
            continue;
        };
        if arg.is_null() && !param.nulls {
            return Err(FunctionError::argument(
                at,
                Text::new("it must not be null", "il ne doit pas être nul"),
            ));
        }
        if matches!(arg.outer_ty(), Type::Dynamic) && !param.untyped {
            // Not even the type of the result can be told.
            let because = match arg.as_unknown() {
                Some(unknown) => unknown.because.clone(),
                None => Because::other(Text::new(
                    "an argument is null, without a type",
                    "un argument est nul, sans type",
                )),
            };
            // Marks on what the function would take off are seen all the same.
            let gathered = args.iter().take(at + 1).enumerate().filter(|(at, _)| {
                let param = function.param(*at);
                param.is_some_and(|param| param.marks == Marking::Gather)
            });
            let marks = gathered.fold(Marks::NONE, |all, (_, arg)| all.with(arg.deep_marks()));
            return Ok(Ready::Untyped(Value::unknown(because).marked(marks)));
        }
    }
    for (at, arg) in args.iter().enumerate() {
        if let Some(param) = function.param(at)
            && !param.shape.takes(&arg.outer_ty())
        {
            let wanted = param.shape.wanted();
            return Err(FunctionError::argument(
                at,
                text!(
                    "{wanted} is required, not {}",
                    "attendu : {wanted}, et non {}",
                    arg.ty();
                    wanted
                ),
            ));
        }
    }
    let mut marks = Marks::NONE;
    for (at, arg) in args.iter_mut().enumerate() {
        let Some(param) = function.param(at) else {
            continue;
        };
        match param.marks {
            Marking::Gather => {
                let found = arg.deep_marks();
                if found != Marks::NONE {
                    marks = marks.with(found);
                    *arg = arg.unmarked();
                }
            }
            Marking::Keep => {
                // Those of an unknown are lost in Terraform.
                if !arg.is_unknown() || param.unknowns {
                    marks = marks.with(arg.marks);
                }
                arg.marks = Marks::NONE;
            }
            Marking::Own => {}
        }
        if let Some(unknown) = arg.as_unknown()
            && !param.unknowns
        {
            let value = Value::unknown_of(function.returns.ty(), unknown.because.clone());
            return Ok(Ready::Open(value.marked(marks)));
        }
    }
    Ok(Ready::With(marks))
}

fn check_count(function: &Function, given: usize) -> Result<(), FunctionError> {
    let (least, most) = function.arity();
    let fits = given >= least && most.is_none_or(|most| given <= most);
    if fits {
        return Ok(());
    }
    let plural = if least == 1 { "" } else { "s" };
    // None and one take the singular in French.
    let pluriel = if least < 2 { "" } else { "s" };
    let (quantity, de_plus) = match most {
        None => ("at least ", "au moins "),
        Some(_) => ("", ""),
    };
    let donnes = if given < 2 { "" } else { "s" };
    Err(FunctionError::new(text!(
        "{quantity}{least} argument{plural} expected, {given} given",
        "{de_plus}{least} argument{pluriel} attendu{pluriel}, {given} donné{donnes}"
    )))
}

/// Each is compared with those before it; nobody reads so many.
const MAX_ORIGINS: usize = 1_000;

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
            if origins.len() >= MAX_ORIGINS {
                break;
            }
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
