//! Functions over numbers.

use super::go_math;
use super::{Call, Function, FunctionError, Kind, Outcome, Param, Shape};
use crate::text::{Text, text};
use crate::value::{Data, Number, NumberError, Type, Value, convert};

const NUMBER: Param = Param::new(Kind::Number);
const BOOLS: &[Param] = &[Param::new(Kind::List(&Kind::Bool))];

pub(super) const ALL: &[Function] = &[
    Function::new("abs", &[NUMBER.keeps_marks()], Kind::Number, abs),
    Function::new("alltrue", BOOLS, Kind::Bool, |call| all_or_any(call, false)),
    Function::new("anytrue", BOOLS, Kind::Bool, |call| all_or_any(call, true)),
    Function::new("ceil", &[NUMBER], Kind::Number, |call| whole(call, false)),
    Function::new("floor", &[NUMBER], Kind::Number, |call| whole(call, true)),
    Function::new("log", &[NUMBER, NUMBER], Kind::Number, log),
    Function::variadic("max", &[], NUMBER, Kind::Number, |call| extreme(call, true)),
    Function::variadic("min", &[], NUMBER, Kind::Number, |call| {
        extreme(call, false)
    }),
    Function::new(
        "parseint",
        &[Param::new(Kind::Any).shaped(Shape::Text), NUMBER],
        Kind::Number,
        parse_int,
    ),
    Function::new("pow", &[NUMBER, NUMBER], Kind::Number, pow),
    Function::new("signum", &[NUMBER], Kind::Number, signum),
    Function::new("sum", &[Param::new(Kind::Any)], Kind::Number, sum),
];

impl From<NumberError> for FunctionError {
    fn from(error: NumberError) -> Self {
        Self::new(error.text())
    }
}

fn abs(call: &Call<'_>) -> Outcome {
    let number = call.number(0)?;
    Ok(Value::number(if number.is_negative() {
        number.negate()
    } else {
        number.clone()
    }))
}

/// Rounds down or up.
fn whole(call: &Call<'_>, down: bool) -> Outcome {
    let number = call.number(0)?;
    let cut = number.truncate();
    if number.is_whole() || number.is_negative() != down {
        return Ok(Value::number(cut));
    }
    let step = Number::counted(if down { -1 } else { 1 });
    Ok(Value::number(cut.add(&step)?))
}

fn signum(call: &Call<'_>) -> Outcome {
    Ok(Value::number(Number::counted(call.int(0)?.signum())))
}

fn from_double(value: f64) -> Outcome {
    Number::from_f64(value).map(Value::number).ok_or_else(|| {
        FunctionError::new(Text::new(
            "the result is no number",
            "le résultat n’est pas un nombre",
        ))
    })
}

fn log(call: &Call<'_>) -> Outcome {
    from_double(go_math::log(call.number(0)?.as_f64()) / go_math::log(call.number(1)?.as_f64()))
}

fn pow(call: &Call<'_>) -> Outcome {
    from_double(go_math::pow(
        call.number(0)?.as_f64(),
        call.number(1)?.as_f64(),
    ))
}

fn extreme(call: &Call<'_>, largest: bool) -> Outcome {
    let mut best: Option<&Value> = None;
    for (at, arg) in call.args.iter().enumerate() {
        let number = call.number(at)?;
        let is_better = match best.and_then(Value::as_number) {
            None => true,
            Some(known) if largest => number > known,
            Some(known) => number < known,
        };
        if is_better {
            best = Some(arg);
        }
    }
    best.cloned().ok_or_else(|| {
        FunctionError::new(Text::new(
            "at least one number is required",
            "au moins un nombre est requis",
        ))
    })
}

fn parse_int(call: &Call<'_>) -> Outcome {
    let text = call.arg(0).as_str().ok_or_else(|| {
        FunctionError::argument(
            0,
            Text::new("a string is required", "une chaîne est requise"),
        )
    })?;
    let base = u32::try_from(call.int(1)?)
        .ok()
        .filter(|base| (2..=62).contains(base))
        .ok_or_else(|| {
            FunctionError::argument(
                1,
                Text::new(
                    "the base must be between 2 and 62",
                    "la base doit être comprise entre 2 et 62",
                ),
            )
        })?;
    Number::parse_in_base(text, base)
        .map(Value::number)
        .ok_or_else(|| {
            FunctionError::argument(
                0,
                text!(
                    "it is no whole number in base {base}",
                    "ce n’est pas un nombre entier en base {base}"
                ),
            )
        })
}

fn sum(call: &Call<'_>) -> Outcome {
    let Some(elements) = call.arg(0).elements() else {
        return Err(FunctionError::argument(
            0,
            Text::new(
                "a list, set or tuple is required",
                "une liste, un ensemble ou un tuple est requis",
            ),
        ));
    };
    if elements.is_empty() {
        return Err(FunctionError::argument(
            0,
            Text::new("it must not be empty", "il ne doit pas être vide"),
        ));
    }
    if let Some(unknown) = call.unknown_inside() {
        return Ok(unknown);
    }
    let mut total = Number::from(0);
    for element in elements {
        let number = convert(element, &Type::Number)
            .ok()
            .and_then(|value| value.as_number().cloned())
            .ok_or_else(|| {
                FunctionError::argument(
                    0,
                    Text::new(
                        "all elements must be numbers",
                        "tous les éléments doivent être des nombres",
                    ),
                )
            })?;
        total = total.add(&number)?;
    }
    Ok(Value::number(total))
}

/// Null counts as false.
fn all_or_any(call: &Call<'_>, deciding: bool) -> Outcome {
    let mut unknown = None;
    for element in call.elements(0) {
        match &element.data {
            // Terraform stops there for one of them, and goes on for the other.
            Data::Unknown(inner) if !deciding => return Ok(call.unknown(inner.because.clone())),
            Data::Unknown(inner) => {
                unknown.get_or_insert_with(|| call.unknown(inner.because.clone()));
            }
            data => {
                if matches!(data, Data::Bool(true)) == deciding {
                    return Ok(Value::bool(deciding));
                }
            }
        }
    }
    Ok(unknown.unwrap_or_else(|| Value::bool(!deciding)))
}
