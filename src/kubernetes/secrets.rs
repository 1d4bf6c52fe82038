//! What a `Secret` keeps is marked, so that no output shows it.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Data, Entries, Marks, Value};

/// Fields of a `Secret` with its content.
const FIELDS: [&str; 2] = ["data", "stringData"];
/// `kubectl apply` notes the whole object here, content included.
const NOTE: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// A `Secret` with the mark on its content. Where that is written goes to `out`.
pub(super) fn marked(object: &Value, out: &mut Vec<Span>) -> Value {
    inside(object, &mut |key, value| {
        if FIELDS.contains(&key) {
            return hide(value, out);
        }
        if key != "metadata" {
            return value.clone();
        }
        inside(value, &mut |key, value| match key {
            "annotations" => inside(value, &mut |key, value| match key {
                NOTE => hide(value, out),
                _ => value.clone(),
            }),
            _ => value.clone(),
        })
    })
}

/// A mapping with its values changed.
fn inside(value: &Value, change: &mut dyn FnMut(&str, &Value) -> Value) -> Value {
    let Some(entries) = value.entries() else {
        return value.clone();
    };
    let changed: Entries = entries
        .iter()
        .map(|(key, value)| (Arc::clone(key), change(key, value)))
        .collect();
    Value {
        data: Data::Object(Arc::new(changed)),
        marks: value.marks,
        origin: value.origin.clone(),
    }
}

/// The names of what a `Secret` keeps are no secret, its values are.
fn hide(value: &Value, out: &mut Vec<Span>) -> Value {
    if value.entries().is_some() {
        return inside(value, &mut |_, value| hide(value, out));
    }
    let chain = value.origin.chain();
    out.extend(chain.into_iter().map(|(place, _)| place.span));
    value.clone().marked(Marks::SENSITIVE)
}
