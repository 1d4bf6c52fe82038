//! Equality as `==` means it, and the order in which Terraform iterates sets.

use std::cmp::Ordering;

use super::{Data, Type, Unknown, Value};

/// `a == b`: types first, then content. None when an unknown leaves it open.
///
/// Null equals null whatever their types; a tuple never equals a list.
pub fn equal(a: &Value, b: &Value) -> Option<bool> {
    match (&a.data, &b.data) {
        (Data::Unknown(_), Data::Unknown(_)) => None,
        (Data::Unknown(unknown), _) => excluded(unknown, b),
        (_, Data::Unknown(unknown)) => excluded(unknown, a),
        (Data::Null(_), Data::Null(_)) => Some(true),
        (Data::Null(_), _) | (_, Data::Null(_)) => Some(false),
        (Data::Bool(a), Data::Bool(b)) => Some(a == b),
        (Data::Number(a), Data::Number(b)) => Some(a == b),
        (Data::String(a), Data::String(b)) => Some(a == b),
        (Data::List(x, a), Data::List(y, b)) => all_equal(element_match((x, a), (y, b)), a, b),
        (Data::Tuple(a), Data::Tuple(b)) => {
            // Tuples of different element types differ before their content is looked at.
            let same = a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| types_match(a, b));
            all_equal(same, a, b)
        }
        (Data::Set(x, a), Data::Set(y, b)) => {
            // An unknown element could turn out equal to any other one.
            if a.iter()
                .chain(b.iter())
                .any(|v| v.first_unknown().is_some())
            {
                return None;
            }
            all_equal(same_type(x, y), a, b)
        }
        (Data::Map(x, a), Data::Map(y, b)) => entries_equal(same_type(x, y), a, b),
        (Data::Object(a), Data::Object(b)) => {
            let same = a.len() == b.len()
                && a.iter()
                    .zip(b.iter())
                    .all(|((m, a), (n, b))| m == n && types_match(a, b));
            entries_equal(same, a, b)
        }
        _ => Some(false),
    }
}

/// Types that differ, or what is known of the unknown, can rule a value out.
fn excluded(unknown: &Unknown, value: &Value) -> Option<bool> {
    let may_be =
        unknown.range.may_be(value) && (value.is_null() || unknown_matches(&unknown.ty, value));
    (!may_be).then_some(false)
}

/// Whether an unknown of a type can turn out to be of the type of a known value.
fn unknown_matches(ty: &Type, value: &Value) -> bool {
    match value.first_unknown() {
        Some(_) => same_type(ty, &value.ty()),
        // What is known in full has a type in full: that of an empty collection of nothing is its own.
        None if ty.has_dynamic() => same_type(ty, &value.ty()),
        None => *ty == value.ty(),
    }
}

/// Whether two values are of one type. Only that of an unknown is open.
fn types_match(a: &Value, b: &Value) -> bool {
    match (a.first_unknown(), b.first_unknown()) {
        (None, None) => a.ty() == b.ty(),
        (Some(_), None) if !a.ty().has_dynamic() => a.ty() == b.ty(),
        (None, Some(_)) if !b.ty().has_dynamic() => a.ty() == b.ty(),
        _ => same_type(&a.ty(), &b.ty()),
    }
}

/// The same for the elements of two lists.
fn element_match((x, a): (&Type, &[Value]), (y, b): (&Type, &[Value])) -> bool {
    let is_open = |all: &[Value]| all.iter().any(|value| value.first_unknown().is_some());
    match is_open(a) || is_open(b) {
        true => same_type(x, y),
        false => x == y,
    }
}

/// Equal where both are known.
fn same_type(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Dynamic, _) | (_, Type::Dynamic) => true,
        (Type::List(a), Type::List(b))
        | (Type::Set(a), Type::Set(b))
        | (Type::Map(a), Type::Map(b)) => same_type(a, b),
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same_type(a, b))
        }
        (Type::Object(a), Type::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .zip(b.iter())
                    .all(|(a, b)| a.name == b.name && same_type(&a.ty, &b.ty))
        }
        _ => a == b,
    }
}

fn all_equal(same_type: bool, a: &[Value], b: &[Value]) -> Option<bool> {
    if !same_type || a.len() != b.len() {
        return Some(false);
    }
    // In order, as Terraform does: an unknown decides before a difference behind it.
    for (a, b) in a.iter().zip(b) {
        if !equal(a, b)? {
            return Some(false);
        }
    }
    Some(true)
}

fn entries_equal(same_type: bool, a: &super::Entries, b: &super::Entries) -> Option<bool> {
    if !same_type || a.len() != b.len() || a.iter().zip(b).any(|((m, _), (n, _))| m != n) {
        return Some(false);
    }
    for ((_, a), (_, b)) in a.iter().zip(b) {
        if !equal(a, b)? {
            return Some(false);
        }
    }
    Some(true)
}

/// True when both are the same down to types and unknowns, whatever their marks and origins.
pub fn identical(a: &Value, b: &Value) -> bool {
    let entries = |a: &super::Entries, b: &super::Entries| {
        a.len() == b.len()
            && a.iter()
                .zip(b)
                .all(|((m, a), (n, b))| m == n && identical(a, b))
    };
    match (&a.data, &b.data) {
        (Data::Null(a), Data::Null(b)) => a == b,
        (Data::Bool(a), Data::Bool(b)) => a == b,
        (Data::Number(a), Data::Number(b)) => a == b,
        (Data::String(a), Data::String(b)) => a == b,
        (Data::List(x, a), Data::List(y, b)) | (Data::Set(x, a), Data::Set(y, b)) => {
            x == y && a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| identical(a, b))
        }
        (Data::Tuple(a), Data::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| identical(a, b))
        }
        (Data::Map(x, a), Data::Map(y, b)) => x == y && entries(a, b),
        (Data::Object(a), Data::Object(b)) => entries(a, b),
        (Data::Unknown(a), Data::Unknown(b)) => a == b,
        _ => false,
    }
}

/// Sorts the elements of a set into iteration order and drops duplicates. Unknown elements are never duplicates.
pub(super) fn as_set(elements: Vec<Value>) -> Vec<Value> {
    let mut keyed: Vec<(Option<Vec<u8>>, Value)> = elements
        .into_iter()
        .map(|value| (compound_key(&value), value))
        .collect();
    keyed.sort_by(|(a, x), (b, y)| match (a, b) {
        (Some(a), Some(b)) => a.cmp(b),
        _ => set_order(x, y),
    });
    keyed.dedup_by(|(a, x), (b, y)| {
        x.first_unknown().is_none()
            && y.first_unknown().is_none()
            && match (a, b) {
                (Some(a), Some(b)) => a == b,
                _ => set_order(x, y) == Ordering::Equal,
            }
    });
    keyed.into_iter().map(|(_, value)| value).collect()
}

/// The order of two elements of one set: natural for primitives, then null, then unknown.
fn set_order(a: &Value, b: &Value) -> Ordering {
    let rank = |value: &Value| match value.data {
        Data::Unknown(_) => 2,
        Data::Null(_) => 1,
        _ => 0,
    };
    rank(a)
        .cmp(&rank(b))
        .then_with(|| match (&a.data, &b.data) {
            (Data::String(a), Data::String(b)) => a.cmp(b),
            (Data::Number(a), Data::Number(b)) => a.cmp(b),
            (Data::Bool(a), Data::Bool(b)) => a.cmp(b),
            _ => Ordering::Equal,
        })
}

fn compound_key(value: &Value) -> Option<Vec<u8>> {
    if value.elements().is_none() && value.entries().is_none() {
        return None;
    }
    let mut key = Vec::new();
    write_key(value, &mut key);
    Some(key)
}

/// What Terraform's set implementation orders compound elements by.
fn write_key(value: &Value, out: &mut Vec<u8>) {
    match &value.data {
        Data::Unknown(_) => out.push(b'?'),
        Data::Null(_) => out.push(b'~'),
        Data::Bool(true) => out.push(b'T'),
        Data::Bool(false) => out.push(b'F'),
        Data::Number(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Data::String(text) => write_quoted(text, out),
        Data::List(_, all) | Data::Set(_, all) => write_keys(b"[]", all.iter(), out),
        Data::Tuple(all) => write_keys(b"<>", all.iter(), out),
        Data::Object(all) => write_keys(b"<>", all.iter().map(|(_, value)| value), out),
        Data::Map(_, all) => {
            out.push(b'{');
            for (key, value) in all.iter() {
                write_quoted(key, out);
                out.push(b':');
                write_key(value, out);
                out.push(b';');
            }
            out.push(b'}');
        }
    }
}

fn write_keys<'a>(around: &[u8; 2], all: impl Iterator<Item = &'a Value>, out: &mut Vec<u8>) {
    out.push(around[0]);
    for value in all {
        write_key(value, out);
        out.push(b';');
    }
    out.push(around[1]);
}

fn write_quoted(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::super::Because;
    use super::*;

    fn numbers(all: &[i64]) -> Vec<Value> {
        all.iter().map(|n| Value::int(*n)).collect()
    }

    #[test]
    fn types_come_first() {
        let tuple = Value::tuple(numbers(&[1, 2]));
        let list = Value::list(Type::Number, numbers(&[1, 2]));
        assert_eq!(equal(&tuple, &list), Some(false));
        assert_eq!(equal(&list, &list), Some(true));
        assert_eq!(equal(&Value::int(1), &Value::string("1")), Some(false));
        let typed = Value::null_of(Type::list(Type::String));
        assert_eq!(equal(&Value::null(), &typed), Some(true));
        assert_eq!(equal(&Value::null(), &Value::int(0)), Some(false));
    }

    #[test]
    fn unknown_leaves_it_open() {
        let unknown = Value::unknown_of(Type::String, Because::Error);
        assert_eq!(equal(&unknown, &Value::string("x")), None);
        assert_eq!(equal(&unknown, &Value::int(1)), Some(false));
        assert_eq!(equal(&unknown, &Value::null()), None);
        let a = Value::tuple(vec![unknown, Value::int(1)]);
        let b = Value::tuple(vec![Value::string("x"), Value::int(2)]);
        assert_eq!(equal(&a, &b), None);
    }

    #[test]
    fn sets_are_sorted_and_unique() {
        let set = as_set(numbers(&[10, 9, 2, 10]));
        assert_eq!(
            set.iter()
                .filter_map(|v| v.as_number()?.as_i64())
                .collect::<Vec<_>>(),
            [2, 9, 10]
        );
        let unknown = Value::unknown(Because::Error);
        let set = as_set(vec![
            unknown.clone(),
            Value::null(),
            unknown,
            Value::string("b"),
            Value::string("a"),
            Value::string("b"),
        ]);
        assert_eq!(set.len(), 5);
        assert_eq!(set.first().and_then(Value::as_str), Some("a"));
        assert!(set.get(2).is_some_and(Value::is_null));
        let pair = |a: &str| Value::object([("k".into(), Value::string(a))]);
        assert_eq!(as_set(vec![pair("b"), pair("a"), pair("b")]).len(), 2);
    }
}
