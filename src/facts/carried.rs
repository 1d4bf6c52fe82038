//! Fields of configurations that objects carry.

use crate::catalog::fits;
use crate::value::{Path, PathStep, Value};

/// Values of one field that are looked at.
const MAX_VALUES: usize = 512;

/// A value, and the key that it stands behind.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'v> {
    pub(super) key: Option<&'v str>,
    pub(super) value: &'v Value,
}

/// What stands at a path. A step for every element goes through lists and mappings, and `*` in a key stands for any part.
pub(super) fn all_at<'v>(value: &'v Value, path: &Path) -> Vec<Entry<'v>> {
    let mut out = Vec::new();
    walk(path.steps(), Entry { key: None, value }, &mut out);
    out.retain(|entry| !entry.value.is_null());
    out
}

/// The recursion is bounded by the length of the path and the nesting of the text.
fn walk<'v>(steps: &[PathStep], at: Entry<'v>, out: &mut Vec<Entry<'v>>) {
    if out.len() >= MAX_VALUES {
        return;
    }
    let Some((step, rest)) = steps.split_first() else {
        out.push(at);
        return;
    };
    if at.value.is_unknown() {
        out.push(at);
        return;
    }
    let entries = at.value.entries().unwrap_or_default();
    let elements = at.value.elements();
    match step {
        PathStep::Key(key) if elements.is_none() => {
            if let Some(value) = at.value.entry(key) {
                let key = entries.iter().find(|(name, _)| **name == **key);
                let key = key.map(|(name, _)| &**name);
                walk(rest, Entry { key, value }, out);
            } else if key.contains('*') {
                for (name, value) in entries.iter().filter(|(name, _)| fits(key, name)) {
                    let key = Some(&**name);
                    walk(rest, Entry { key, value }, out);
                }
            }
        }
        PathStep::Key(_) => {
            for value in elements.unwrap_or_default() {
                walk(steps, Entry { key: None, value }, out);
            }
        }
        PathStep::Index(wanted) => {
            if let Some(value) = elements.and_then(|all| all.get(*wanted)) {
                walk(rest, Entry { key: None, value }, out);
            }
        }
        PathStep::Every => match elements {
            Some(all) => {
                for value in all {
                    let key = at.key;
                    walk(rest, Entry { key, value }, out);
                }
            }
            None if entries.is_empty() => walk(rest, at, out),
            None => {
                for (name, value) in entries {
                    let key = Some(&**name);
                    walk(rest, Entry { key, value }, out);
                }
            }
        },
    }
}

/// Is something written: a text, a number, a list or mapping that is not empty?
pub(super) fn is_set(value: &Value) -> bool {
    match (value.elements(), value.entries()) {
        (Some(all), _) => !all.is_empty(),
        (None, Some(all)) => !all.is_empty(),
        (None, None) => value.is_unknown() || value.as_text().is_some_and(|text| !text.is_empty()),
    }
}

/// The texts of a value: its own, or those of its elements.
pub(super) fn texts(value: &Value) -> impl Iterator<Item = std::borrow::Cow<'_, str>> {
    let all = value.elements().unwrap_or(std::slice::from_ref(value));
    all.iter().filter_map(Value::as_text)
}
