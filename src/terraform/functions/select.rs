//! Functions that answer one of their arguments, or one part of them.

use super::{Call, Function, FunctionError, Kind, Outcome, Param, Shape};
use crate::text::{Text, text};
use crate::value::{Data, Number, Range, Type, Value, convert, equal, unify};

const KEPT: Param = Param::new(Kind::Any).keeps_marks();
const ANY: Param = Param::new(Kind::Any);
const OPEN: Param = ANY.or_null().or_unknown().or_untyped();

pub(super) const ALL: &[Function] = &[
    Function::variadic("coalesce", &[], OPEN, Kind::Any, coalesce),
    Function::variadic("coalescelist", &[], OPEN, Kind::Any, coalesce_list),
    Function::new("contains", &[ANY, ANY], Kind::Bool, contains),
    Function::new(
        "element",
        &[KEPT.shaped(Shape::List).peeked(), Param::new(Kind::Number)],
        Kind::Any,
        element,
    )
    .or_null(),
    Function::new("index", &[ANY, ANY], Kind::Number, index),
    Function::new(
        "length",
        &[ANY
            .or_unknown()
            .or_untyped()
            .owns_marks()
            .shaped(Shape::Countable)],
        Kind::Number,
        length,
    ),
    Function::variadic(
        "lookup",
        &[
            KEPT.shaped(Shape::Mapping).peeked(),
            Param::new(Kind::String).or_unknown(),
        ],
        ANY.or_null().or_unknown().or_untyped().owns_marks(),
        Kind::Any,
        lookup,
    )
    .or_null(),
    Function::new("one", &[ANY.shaped(Shape::Sequence)], Kind::Any, one).or_null(),
];

/// The first argument that is neither null nor the empty string, in the type that all convert to.
fn coalesce(call: &Call<'_>) -> Outcome {
    let types: Vec<Type> = call.args.iter().map(Value::ty).collect();
    let ty = unify(&types).ok_or_else(|| match types.is_empty() {
        true => FunctionError::new(Text::new(
            "at least one argument is required",
            "au moins un argument est requis",
        )),
        false => FunctionError::new(Text::new(
            "all arguments must have the same type",
            "tous les arguments doivent être du même type",
        )),
    })?;
    for (at, arg) in call.args.iter().enumerate() {
        if let Some(unknown) = arg.as_unknown() {
            let open = Value::unknown_of(ty.clone(), unknown.because.clone());
            return Ok(match ty {
                Type::Dynamic => open,
                _ => open.never_null(),
            });
        }
        let value = convert(arg, &ty).map_err(|error| FunctionError::argument(at, error))?;
        if !value.is_null() && value.as_str() != Some("") {
            return Ok(value);
        }
    }
    Err(FunctionError::new(Text::new(
        "all arguments are null or empty strings",
        "tous les arguments sont nuls ou des chaînes vides",
    )))
}

/// The first list that is not empty.
fn coalesce_list(call: &Call<'_>) -> Outcome {
    for (at, arg) in call.args.iter().enumerate() {
        if arg.is_unknown() {
            break;
        }
        if !matches!(arg.ty(), Type::List(_) | Type::Tuple(_)) {
            return Err(FunctionError::argument(
                at,
                Text::new(
                    "a list or tuple is required",
                    "une liste ou un tuple est requis",
                ),
            ));
        }
    }
    for (at, arg) in call.args.iter().enumerate() {
        match &arg.data {
            Data::Unknown(unknown) => return Ok(call.unknown(unknown.because.clone())),
            Data::Null(Type::List(_) | Type::Tuple(_)) => {}
            Data::List(_, all) | Data::Tuple(all) if all.is_empty() => {}
            Data::List(..) | Data::Tuple(_) => return Ok(arg.clone()),
            _ => {
                return Err(FunctionError::argument(
                    at,
                    Text::new(
                        "a list or tuple is required",
                        "une liste ou un tuple est requis",
                    ),
                ));
            }
        }
    }
    Err(FunctionError::new(Text::new(
        "all arguments are null or empty",
        "tous les arguments sont nuls ou vides",
    )))
}

fn contains(call: &Call<'_>) -> Outcome {
    let Some(elements) = call.arg(0).elements() else {
        return Err(FunctionError::argument(
            0,
            Text::new(
                "a list, set or tuple is required",
                "une liste, un ensemble ou un tuple est requis",
            ),
        ));
    };
    let wanted = call.arg(1);
    let mut is_open = false;
    for element in elements {
        match equal(element, wanted) {
            Some(true) => return Ok(Value::bool(true)),
            Some(false) => {}
            None => is_open = true,
        }
    }
    match call.unknown_inside() {
        Some(unknown) if is_open => Ok(unknown),
        _ => Ok(Value::bool(false)),
    }
}

/// By position, going round at the end; from the end when negative, but not in tuples.
fn element(call: &Call<'_>) -> Outcome {
    let (elements, is_tuple) = match &call.arg(0).data {
        Data::List(_, all) => (all, false),
        Data::Tuple(all) => (all, true),
        _ => {
            return Err(FunctionError::argument(
                0,
                Text::new(
                    "a list or tuple is required",
                    "une liste ou un tuple est requis",
                ),
            ));
        }
    };
    let at = call.int(1)?;
    if is_tuple && at < 0 {
        return Err(FunctionError::argument(
            1,
            Text::new("it must not be negative", "il ne doit pas être négatif"),
        ));
    }
    i64::try_from(elements.len())
        .ok()
        .and_then(|length| at.checked_rem_euclid(length))
        .and_then(|at| elements.get(usize::try_from(at).ok()?))
        .cloned()
        .ok_or_else(|| {
            FunctionError::argument(
                0,
                Text::new("it must not be empty", "il ne doit pas être vide"),
            )
        })
}

fn index(call: &Call<'_>) -> Outcome {
    let (Data::List(_, elements) | Data::Tuple(elements)) = &call.arg(0).data else {
        return Err(FunctionError::argument(
            0,
            Text::new(
                "a list or tuple is required",
                "une liste ou un tuple est requis",
            ),
        ));
    };
    for (at, element) in elements.iter().enumerate() {
        match equal(element, call.arg(1)) {
            Some(true) => return Ok(count(at)),
            Some(false) => {}
            None => {
                return call.unknown_inside().ok_or_else(|| {
                    FunctionError::new(Text::new(
                        "the item was not found",
                        "l’élément n’a pas été trouvé",
                    ))
                });
            }
        }
    }
    Err(FunctionError::new(Text::new(
        "the item was not found",
        "l’élément n’a pas été trouvé",
    )))
}

fn count(size: usize) -> Value {
    Value::number(crate::value::Number::counted(
        i64::try_from(size).unwrap_or(i64::MAX),
    ))
}

fn length(call: &Call<'_>) -> Outcome {
    use unicode_segmentation::UnicodeSegmentation as _;
    let value = call.arg(0);
    let mut found = match &value.data {
        Data::String(text) if text.is_ascii() && !text.contains('\r') => count(text.len()),
        Data::String(text) => count(text.graphemes(true).count()),
        Data::Unknown(unknown) => match &unknown.ty {
            // Their length is part of their type.
            Type::Tuple(all) => count(all.len()),
            Type::Object(all) => count(all.len()),
            Type::String => {
                let start = unknown.range.prefix.as_deref().unwrap_or_default();
                let least = i64::try_from(start.graphemes(true).count()).unwrap_or(i64::MAX);
                let range = Range {
                    least: Some(Number::counted(least)),
                    ..Range::set()
                };
                call.unknown(unknown.because.clone()).within(range)
            }
            _ => {
                let range = Range {
                    is_set: true,
                    prefix: None,
                    ..unknown.range.clone()
                };
                call.unknown(unknown.because.clone()).within(range)
            }
        },
        // Unknown elements may turn out equal to others.
        Data::Set(_, all) if all.len() > 1 && value.first_unknown().is_some() => call
            .unknown_inside()
            .unwrap_or_else(Value::null)
            .within(Range::between(1, all.len())),
        _ => match (value.elements(), value.entries()) {
            (Some(all), _) => count(all.len()),
            (_, Some(all)) => count(all.len()),
            _ => {
                let wanted = Shape::Countable.wanted();
                return Err(FunctionError::argument(
                    0,
                    text!(
                        "{wanted} is required",
                        "attendu : {wanted}";
                        wanted
                    ),
                ));
            }
        },
    };
    found.marks = value.marks;
    Ok(found)
}

fn lookup(call: &Call<'_>) -> Outcome {
    if call.args.len() > 3 {
        return Err(FunctionError::new(Text::new(
            "at most three arguments expected",
            "trois arguments attendus au plus",
        )));
    }
    let (map, key) = (call.arg(0), call.text(1));
    if map.entries().is_none() {
        return Err(FunctionError::argument(
            0,
            Text::new(
                "a map or object is required",
                "une table ou un objet est requis",
            ),
        ));
    }
    let default = call.args.get(2);
    let default = match (&map.data, default) {
        // Elements of a map have one type, and so has what stands in for one.
        (Data::Map(ty, _), Some(default)) => {
            Some(convert(default, ty).map_err(|error| FunctionError::argument(2, error))?)
        }
        (_, default) => default.cloned(),
    };
    if let Some(unknown) = call.arg(1).as_unknown() {
        let ty = match &map.data {
            Data::Map(ty, _) => ty.clone(),
            _ => Type::Dynamic,
        };
        return Ok(Value::unknown_of(ty, unknown.because.clone()));
    }
    match (map.entry(key), default) {
        (Some(found), _) => Ok(found.clone()),
        (None, Some(default)) => Ok(default),
        (None, None) => Err(FunctionError::argument(
            1,
            text!(
                "there is no element with the key {:?}",
                "il n’y a pas d’élément de clé {:?}",
                key
            ),
        )),
    }
}

fn one(call: &Call<'_>) -> Outcome {
    let list = call.arg(0);
    let Some(elements) = list.elements() else {
        return Err(FunctionError::argument(
            0,
            Text::new(
                "a list, set or tuple is required",
                "une liste, un ensemble ou un tuple est requis",
            ),
        ));
    };
    if matches!(list.data, Data::Set(..))
        && elements.len() > 1
        && let Some(unknown) = call.unknown_inside()
    {
        return Ok(unknown);
    }
    match elements {
        [] => Ok(Value::null_of(
            list.ty().element().cloned().unwrap_or_default(),
        )),
        [only] => Ok(only.clone()),
        _ => Err(FunctionError::argument(
            0,
            Text::new(
                "it must have one element or none",
                "il doit avoir un élément ou aucun",
            ),
        )),
    }
}
