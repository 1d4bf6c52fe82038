//! What a server adds to an object that is read back from it: no one wrote it, and nothing is to be learned from it.

use std::sync::Arc;

use crate::value::{Data, Entries, Value};

/// Annotations that hold the whole object once more, as it was applied.
const NOTES: &[&str] = &[
    "banzaicloud.com/last-applied",
    "kapp.k14s.io/original",
    "kopf.zalando.org/last-handled-configuration",
    "kubectl.kubernetes.io/last-applied-configuration",
    "objectset.rio.cattle.io/applied",
];

/// The object as it would be applied again: without its status, its field owners and its notes of earlier selves.
pub(super) fn as_applied(object: &Value) -> Value {
    let Some(metadata) = object.entry("metadata") else {
        return without(object, &["status"]);
    };
    let own = without(metadata, &["managedFields", "selfLink"]);
    let own = match own.entry("annotations") {
        Some(annotations) if NOTES.iter().any(|note| annotations.entry(note).is_some()) => {
            let kept = without(annotations, NOTES);
            with(&own, "annotations", kept)
        }
        _ => own,
    };
    // Clones share what they hold: nothing was left out when it is the same.
    let same = match (&own.data, &metadata.data) {
        (Data::Object(own), Data::Object(before)) => Arc::ptr_eq(own, before),
        _ => true,
    };
    let object = without(object, &["status"]);
    if same {
        object
    } else {
        with(&object, "metadata", own)
    }
}

/// A mapping without some of its keys; the same, shared, when it has none of them.
fn without(value: &Value, keys: &[&str]) -> Value {
    let Some(entries) = value.entries() else {
        return value.clone();
    };
    if keys.iter().all(|key| value.entry(key).is_none()) {
        return value.clone();
    }
    let kept = entries.iter().filter(|(key, _)| !keys.contains(&&**key));
    of(value, kept.cloned().collect())
}

/// A mapping with another value behind one of its keys.
fn with(value: &Value, key: &str, new: Value) -> Value {
    let entries = value.entries().unwrap_or_default().iter();
    let changed = entries.map(|(name, old)| {
        let value = if **name == *key { &new } else { old };
        (Arc::clone(name), value.clone())
    });
    of(value, changed.collect())
}

fn of(value: &Value, entries: Entries) -> Value {
    Value {
        data: Data::Object(Arc::new(entries)),
        marks: value.marks,
        origin: value.origin.clone(),
    }
}
