//! Functions that make collections out of collections.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Call, Function, FunctionError, Kind, Outcome, Param, Shape};
use crate::text::{Text, text};
use crate::value::{
    Data, Entries, Marks, Number, Range, Type, Unknown, Value, convert, equal, normal_text, unify,
};

const KEPT: Param = Param::new(Kind::Any).keeps_marks();
const MERGED: Param = Param::new(Kind::Any)
    .or_null()
    .or_unknown()
    .or_untyped()
    .owns_marks();
const NUMBER: Param = Param::new(Kind::Number);
const LIST: Param = Param::new(Kind::List(&Kind::Any)).keeps_marks();
const PLAIN: Param = Param::new(Kind::List(&Kind::Any));
const TEXTS: Kind = Kind::List(&Kind::String);

/// So many numbers does `range` make at most, in Terraform as well.
const MAX_RANGE: usize = 1_024;

pub(super) const ALL: &[Function] = &[
    Function::new(
        "chunklist",
        &[LIST, NUMBER.keeps_marks()],
        Kind::Any,
        chunk_list,
    ),
    Function::new("compact", &[Param::new(TEXTS)], TEXTS, compact),
    Function::variadic(
        "concat",
        &[],
        KEPT.or_unknown().shaped(Shape::List),
        Kind::Any,
        concat,
    ),
    Function::new(
        "distinct",
        &[Param::new(Kind::List(&Kind::Any))],
        Kind::Any,
        distinct,
    ),
    Function::new("flatten", &[KEPT], Kind::Any, flatten).or_null(),
    Function::new(
        "keys",
        &[KEPT.or_unknown().shaped(Shape::Mapping)],
        Kind::Any,
        keys,
    ),
    Function::new("matchkeys", &[PLAIN, PLAIN, PLAIN], Kind::Any, match_keys),
    Function::variadic("merge", &[], MERGED, Kind::Any, merge).or_null(),
    Function::variadic("range", &[], NUMBER, Kind::List(&Kind::Number), range),
    Function::new(
        "reverse",
        &[KEPT.shaped(Shape::Sequence)],
        Kind::Any,
        reverse,
    ),
    Function::new(
        "slice",
        &[
            KEPT.shaped(Shape::List),
            NUMBER.or_unknown(),
            NUMBER.or_unknown(),
        ],
        Kind::Any,
        slice,
    ),
    Function::new("sort", &[Param::new(TEXTS)], TEXTS, sort),
    Function::new(
        "transpose",
        &[Param::new(Kind::Map(&TEXTS))],
        Kind::Map(&TEXTS),
        transpose,
    ),
    Function::new("values", &[KEPT.shaped(Shape::Mapping)], Kind::Any, values),
    Function::new(
        "zipmap",
        &[Param::new(TEXTS).or_unknown(), KEPT.shaped(Shape::List)],
        Kind::Any,
        zip_map,
    ),
];

fn wants(at: usize, what: Text) -> FunctionError {
    FunctionError::argument(at, text!("{what} is required", "attendu : {what}"; what))
}

fn element_type(value: &Value) -> Type {
    match &value.data {
        Data::List(ty, _) | Data::Set(ty, _) | Data::Map(ty, _) => ty.clone(),
        _ => Type::Dynamic,
    }
}

fn chunk_list(call: &Call<'_>) -> Outcome {
    let (list, size) = (call.arg(0), call.size(1)?);
    let (elements, ty) = (call.elements(0), element_type(list));
    let size = if size == 0 { elements.len() } else { size };
    let chunks: Vec<Value> = elements
        .chunks(size.max(1))
        .map(|chunk| Value::list(ty.clone(), chunk))
        .collect();
    call.built(Value::list(Type::list(ty), chunks))
}

fn compact(call: &Call<'_>) -> Outcome {
    if let Some(unknown) = call.unknown_inside() {
        return Ok(unknown);
    }
    let kept: Vec<Value> = call
        .elements(0)
        .iter()
        .filter(|element| element.as_str().is_some_and(|text| !text.is_empty()))
        .cloned()
        .collect();
    Ok(Value::list(Type::String, kept))
}

/// Lists of types that unify stay a list; everything else becomes a tuple.
fn concat(call: &Call<'_>) -> Outcome {
    if call.args.is_empty() {
        return Err(FunctionError::new(Text::new(
            "at least one list is required",
            "au moins une liste est requise",
        )));
    }
    if let Some(unknown) = call.args.iter().find_map(Value::as_unknown) {
        return Ok(open_concat(call, unknown));
    }
    let mut all: Vec<Value> = Vec::new();
    let mut types: Option<Vec<Type>> = Some(Vec::new());
    for (at, arg) in call.args.iter().enumerate() {
        match &arg.data {
            Data::List(ty, _) => {
                if let Some(types) = &mut types {
                    types.push(ty.clone());
                }
            }
            Data::Tuple(_) => types = None,
            _ => {
                return Err(wants(
                    at,
                    Text::new("a list or tuple", "une liste ou un tuple"),
                ));
            }
        }
        all.extend_from_slice(arg.elements().unwrap_or_default());
        call.check_count(all.len())?;
    }
    let Some(ty) = types.and_then(|types| unify(&types)) else {
        return call.built(Value::tuple(all));
    };
    let converted: Result<Vec<Value>, _> = all.iter().map(|value| convert(value, &ty)).collect();
    match converted {
        Ok(all) => call.built(Value::list(ty, all)),
        Err(_) => call.built(Value::tuple(all)),
    }
}

/// The type can be told when all are lists, or all are tuples.
fn open_concat(call: &Call<'_>, unknown: &Unknown) -> Value {
    let mut lists = Vec::new();
    let mut elements = Vec::new();
    for arg in call.args {
        match arg.ty() {
            Type::List(of) => lists.push((*of).clone()),
            Type::Tuple(all) => elements.extend(all.iter().cloned()),
            _ => {}
        }
    }
    let because = unknown.because.clone();
    match (lists.is_empty(), elements.is_empty()) {
        (true, _) => Value::unknown_of(Type::Tuple(elements.into()), because),
        (_, true) => match unify(&lists) {
            Some(of) => Value::unknown_of(Type::list(of), because),
            None => Value::unknown(because),
        },
        _ => Value::unknown(because),
    }
}

/// An unknown list of the elements of an argument, if one of the arguments has an unknown part.
fn open_list(call: &Call<'_>, at: usize) -> Option<Value> {
    let unknown = call.args.iter().find_map(Value::first_unknown)?;
    let ty = Type::list(element_type(call.arg(at)));
    Some(Value::unknown_of(ty, unknown.because.clone()))
}

fn distinct(call: &Call<'_>) -> Outcome {
    if let Some(unknown) = open_list(call, 0) {
        return Ok(unknown);
    }
    let list = call.arg(0);
    let mut kept: Vec<Value> = Vec::new();
    let mut seen = hashbrown::HashSet::new();
    for element in call.elements(0) {
        let is_new = match &element.data {
            // Strings and numbers are by far the most common, and lists of them may be long.
            Data::String(_) | Data::Number(_) => seen.insert((
                element.as_text().map(|text| text.into_owned()),
                element.ty(),
            )),
            _ => !kept.iter().any(|other| equal(other, element) == Some(true)),
        };
        if is_new {
            kept.push(element.clone());
        }
    }
    Ok(Value::list(element_type(list), kept))
}

fn flatten(call: &Call<'_>) -> Outcome {
    let value = call.arg(0);
    let values: Vec<Value>;
    let elements = match (value.elements(), value.entries()) {
        (Some(all), _) => all,
        // Odd, but Terraform takes a map for its values when one of them is unknown.
        (_, Some(all)) if value.first_unknown().is_some() => {
            values = all.iter().map(|(_, value)| value.clone()).collect();
            &values
        }
        _ => {
            return Err(wants(
                0,
                Text::new("a list, set or tuple", "une liste, un ensemble ou un tuple"),
            ));
        }
    };
    if is_open_set(value) {
        return Ok(call.unknown_inside().unwrap_or_else(Value::null));
    }
    let mut out = Vec::new();
    match flatten_into(call, elements, &mut out)? {
        Some(unknown) => Ok(unknown),
        None => call.built(Value::tuple(out)),
    }
}

/// An unknown that may be a sequence leaves the number of elements open, and with it the result.
fn flatten_into(
    call: &Call<'_>,
    elements: &[Value],
    out: &mut Vec<Value>,
) -> Result<Option<Value>, FunctionError> {
    for element in elements {
        if is_open_set(element)
            && let Some(unknown) = element.first_unknown()
        {
            return Ok(Some(call.unknown(unknown.because.clone())));
        }
        if let Some(inner) = element.elements() {
            // The marks of a sequence that goes away pass to its elements.
            let start = out.len();
            if let Some(unknown) = flatten_into(call, inner, out)? {
                return Ok(Some(unknown));
            }
            for value in out.iter_mut().skip(start) {
                value.marks = value.marks.with(element.marks);
            }
            continue;
        }
        if let Some(unknown) = element.as_unknown()
            && matches!(
                unknown.ty,
                Type::Dynamic | Type::List(_) | Type::Set(_) | Type::Tuple(_)
            )
        {
            return Ok(Some(call.unknown(unknown.because.clone())));
        }
        out.push(element.clone());
        call.check_count(out.len())?;
    }
    Ok(None)
}

/// A set with an unknown element: how many elements it has is open.
fn is_open_set(value: &Value) -> bool {
    matches!(value.data, Data::Set(..)) && value.first_unknown().is_some()
}

fn keys(call: &Call<'_>) -> Outcome {
    let map = call.arg(0);
    if let Some(unknown) = map.as_unknown() {
        return Ok(match &unknown.ty {
            // The names of the attributes are part of the type.
            Type::Object(all) => Value::tuple(
                all.iter()
                    .map(|attribute| Value::string(Arc::clone(&attribute.name)))
                    .collect::<Vec<_>>(),
            ),
            _ => Value::unknown_of(Type::list(Type::String), unknown.because.clone()),
        });
    }
    let Some(entries) = map.entries() else {
        return Err(wants(
            0,
            Text::new("a map or object", "une table ou un objet"),
        ));
    };
    let keys: Vec<Value> = entries
        .iter()
        .map(|(key, _)| Value::string(Arc::clone(key)))
        .collect();
    Ok(match map.data {
        Data::Map(..) => Value::list(Type::String, keys),
        _ => Value::tuple(keys),
    })
}

fn values(call: &Call<'_>) -> Outcome {
    let map = call.arg(0);
    let Some(entries) = map.entries() else {
        return Err(wants(
            0,
            Text::new("a map or object", "une table ou un objet"),
        ));
    };
    let values: Vec<Value> = entries.iter().map(|(_, value)| value.clone()).collect();
    Ok(match &map.data {
        Data::Map(ty, _) => Value::list(ty.clone(), values),
        _ => Value::tuple(values),
    })
}

fn match_keys(call: &Call<'_>) -> Outcome {
    if let Some(unknown) = open_list(call, 0) {
        return Ok(unknown);
    }
    let (values, keys, wanted) = (call.elements(0), call.elements(1), call.elements(2));
    if values.len() != keys.len() {
        return Err(FunctionError::new(Text::new(
            "the lists of values and of keys must have the same length",
            "les listes de valeurs et de clés doivent avoir la même longueur",
        )));
    }
    let of_keys = [element_type(call.arg(1)), element_type(call.arg(2))];
    let ty = unify(&of_keys).ok_or_else(|| {
        FunctionError::new(Text::new(
            "the keys and the searched keys differ in type",
            "les clés et les clés cherchées sont de types différents",
        ))
    })?;
    let wrong = |at: usize| {
        move |error: crate::value::ConvertError| FunctionError::argument(at, error.text())
    };
    let wanted: Result<Vec<Value>, _> = wanted.iter().map(|v| convert(v, &ty)).collect();
    let wanted = wanted.map_err(wrong(2))?;
    let mut found = Vec::new();
    for (value, key) in values.iter().zip(keys) {
        let key = convert(key, &ty).map_err(wrong(1))?;
        for other in &wanted {
            match equal(&key, other) {
                Some(true) => {
                    found.push(value.clone());
                    break;
                }
                Some(false) => {}
                None => {
                    return call.unknown_inside().ok_or_else(|| {
                        FunctionError::new(Text::new(
                            "a key cannot be compared",
                            "une clé ne peut pas être comparée",
                        ))
                    });
                }
            }
        }
    }
    Ok(Value::list(element_type(call.arg(0)), found))
}

/// Later maps win. Maps of one type stay a map; everything else becomes an object.
fn merge(call: &Call<'_>) -> Outcome {
    let ty = merged_type(call)?;
    let mut merged: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut marks = Marks::NONE;
    if let Some(unknown) = call.args.iter().find_map(Value::as_unknown) {
        let value = Value::unknown_of(ty, unknown.because.clone());
        return Ok(value.within(Range::holding(held(call.args))));
    }
    for arg in call.args {
        if arg.is_null() {
            continue;
        }
        marks = marks.with(arg.marks);
        for (key, value) in arg.entries().unwrap_or_default() {
            merged.insert(Arc::clone(key), value.clone());
        }
        call.check_count(merged.len())?;
    }
    let entries: Entries = merged.into_iter().collect();
    let merged = match ty {
        Type::Map(of) => Value::map((*of).clone(), entries),
        _ => Value::object(entries),
    };
    call.built(merged.marked(marks))
}

/// What a merge with an unknown argument holds for certain: what comes after it. Terraform makes all of it unknown until
/// apply; the labels that are written there are evidence.
fn held(args: &[Value]) -> BTreeMap<Arc<str>, Arc<str>> {
    let mut held = BTreeMap::new();
    for arg in args {
        if let Some(unknown) = arg.as_unknown() {
            held.clear();
            held.extend(
                unknown
                    .range
                    .holds
                    .iter()
                    .flat_map(|all| all.iter().cloned()),
            );
        }
        for (key, value) in arg.entries().unwrap_or_default() {
            match &value.data {
                Data::String(text) if !arg.is_sensitive() && !value.is_sensitive() => {
                    held.insert(Arc::clone(key), Arc::clone(text));
                }
                _ => _ = held.remove(key),
            }
        }
    }
    held
}

/// That of all arguments when it is the same; an object otherwise, whose attributes are open when a map is unknown.
fn merged_type(call: &Call<'_>) -> Result<Type, FunctionError> {
    let mut first: Option<Type> = None;
    let mut is_same = true;
    for (at, arg) in call.args.iter().enumerate() {
        let ty = arg.ty();
        match ty {
            Type::Dynamic => return Ok(Type::Dynamic),
            Type::Map(_) | Type::Object(_) => {}
            _ => {
                return Err(wants(
                    at,
                    Text::new("a map or object", "une table ou un objet"),
                ));
            }
        }
        match &first {
            Some(first) => is_same &= *first == ty,
            None => first = Some(ty),
        }
    }
    Ok(first.filter(|_| is_same).unwrap_or_default())
}

fn range(call: &Call<'_>) -> Outcome {
    let zero = Number::counted(0);
    let (start, end) = match call.args.len() {
        1 => (&zero, call.number(0)?),
        2 | 3 => (call.number(0)?, call.number(1)?),
        _ => {
            return Err(FunctionError::new(Text::new(
                "one to three arguments expected",
                "un à trois arguments attendus",
            )));
        }
    };
    let is_up = end >= start;
    let step = match call.args.get(2) {
        Some(_) => call.number(2)?.clone(),
        None => Number::counted(if is_up { 1 } else { -1 }),
    };
    if start != end && (step.is_zero() || step.is_negative() == is_up) {
        return Err(FunctionError::argument(
            2,
            Text::new(
                "it must lead from the start to the end",
                "il doit mener du début à la fin",
            ),
        ));
    }
    let mut out = Vec::new();
    let mut next = start.clone();
    while if is_up { next < *end } else { next > *end } {
        if out.len() >= MAX_RANGE {
            return Err(FunctionError::new(text!(
                "it makes more than {MAX_RANGE} numbers, the limit of Terraform",
                "il fait plus de {MAX_RANGE} nombres, la limite de Terraform"
            )));
        }
        out.push(Value::number(next.clone()));
        next = next.add(&step)?;
    }
    call.check_count(out.len())?;
    Ok(Value::list(Type::Number, out))
}

fn reverse(call: &Call<'_>) -> Outcome {
    let list = call.arg(0);
    let reversed = |all: &[Value]| all.iter().rev().cloned().collect::<Vec<_>>();
    match &list.data {
        Data::List(ty, all) | Data::Set(ty, all) => Ok(Value::list(ty.clone(), reversed(all))),
        Data::Tuple(all) => Ok(Value::tuple(reversed(all))),
        _ => Err(wants(
            0,
            Text::new("a list, set or tuple", "une liste, un ensemble ou un tuple"),
        )),
    }
}

fn slice(call: &Call<'_>) -> Outcome {
    let list = call.arg(0);
    if !matches!(list.data, Data::List(..) | Data::Tuple(_)) {
        return Err(wants(
            0,
            Text::new("a list or tuple", "une liste ou un tuple"),
        ));
    }
    if let Some(unknown) = call.args.iter().find_map(Value::as_unknown) {
        let because = unknown.because.clone();
        return Ok(match list.ty() {
            ty @ Type::List(_) => Value::unknown_of(ty, because),
            _ => Value::unknown(because),
        });
    }
    let (start, end) = (call.size(1)?, call.size(2)?);
    let part = call.elements(0).get(start..end).ok_or_else(|| {
        FunctionError::argument(
            2,
            Text::new(
                "start and end must lie inside the list, in this order",
                "le début et la fin doivent se trouver dans la liste, dans cet ordre",
            ),
        )
    })?;
    Ok(match &list.data {
        Data::List(ty, _) => Value::list(ty.clone(), part),
        _ => Value::tuple(part),
    })
}

fn sort(call: &Call<'_>) -> Outcome {
    let mut sorted = call.elements(0).to_vec();
    if let Some(unknown) = call.arg(0).first_unknown() {
        // Their number stays.
        let one = Value::unknown_of(Type::String, unknown.because.clone());
        return Ok(Value::list(Type::String, vec![one; sorted.len()]));
    }
    if sorted.iter().any(Value::is_null) {
        return Err(FunctionError::argument(
            0,
            Text::new("an element is null", "un élément est nul"),
        ));
    }
    sorted.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    Ok(Value::list(Type::String, sorted))
}

fn transpose(call: &Call<'_>) -> Outcome {
    if let Some(unknown) = call.unknown_inside() {
        return Ok(unknown);
    }
    let mut out: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
    for (key, list) in call.arg(0).entries().unwrap_or_default() {
        for element in list.elements().unwrap_or_default() {
            let Some(text) = element.as_str() else {
                return Err(FunctionError::argument(
                    0,
                    Text::new("an element is null", "un élément est nul"),
                ));
            };
            out.entry(normal_text(text))
                .or_default()
                .push(Value::string(Arc::clone(key)));
        }
    }
    let entries = out
        .into_iter()
        .map(|(key, list)| (key, Value::list(Type::String, list)));
    call.built(Value::map(Type::list(Type::String), entries))
}

fn zip_map(call: &Call<'_>) -> Outcome {
    let list = call.arg(1);
    if let Some(unknown) = call.arg(0).first_unknown() {
        let because = unknown.because.clone();
        return Ok(match &list.data {
            Data::List(ty, _) => Value::unknown_of(Type::map(ty.clone()), because),
            _ => Value::unknown(because),
        });
    }
    if !matches!(list.data, Data::List(..) | Data::Tuple(_)) {
        return Err(wants(
            1,
            Text::new("a list or tuple", "une liste ou un tuple"),
        ));
    }
    let (keys, values) = (call.elements(0), call.elements(1));
    if keys.len() != values.len() {
        return Err(FunctionError::new(text!(
            "there are {} keys and {} values",
            "il y a {} clés et {} valeurs",
            keys.len(),
            values.len()
        )));
    }
    let entries: Option<Entries> = keys
        .iter()
        .zip(values)
        .map(|(key, value)| Some((Arc::from(key.as_str()?), value.clone())))
        .collect();
    let entries = entries.ok_or_else(|| {
        FunctionError::argument(0, Text::new("a key is null", "une clé est nulle"))
    })?;
    call.built(match &list.data {
        Data::List(ty, _) => Value::map(ty.clone(), entries),
        _ => Value::object(entries),
    })
}
