//! The shapes in which tags are written: maps, blocks and lists of pairs, lists of texts.

use std::sync::Arc;

use super::{Label, LabelFrom, Labels};
use crate::value::{Data, Path, PathStep, Value};

impl Labels {
    pub(in crate::facts) fn take(&mut self, value: &Value, from: LabelFrom) {
        match &value.data {
            Data::Unknown(unknown) => {
                for (key, text) in unknown.range.holds.iter().flat_map(|all| all.iter()) {
                    let text = Value::string(Arc::clone(text));
                    let text = text.with_origin(value.origin.clone());
                    self.add(Arc::clone(key), &text, from);
                }
                // `"classification=${var.level}"`: what it is about is known.
                let start = unknown.range.prefix.as_deref().unwrap_or_default();
                match start.split_once(['=', ':']) {
                    Some((key, _)) => self.add(key.trim().into(), value, from),
                    None => {
                        let unknown = self.unknown.take();
                        self.unknown = unknown.or_else(|| Some(Box::new(value.clone())));
                    }
                }
            }
            Data::Map(..) | Data::Object(_) if is_pair(value) => self.pair(value, from),
            Data::Map(..) | Data::Object(_) => {
                for (key, value) in value.entries().unwrap_or_default() {
                    self.add(Arc::clone(key), value, from);
                }
            }
            Data::List(..) | Data::Set(..) | Data::Tuple(_) => {
                for element in value.elements().unwrap_or_default() {
                    self.take(element, from);
                }
            }
            Data::String(text) => self.text(text, value, from),
            _ => {}
        }
    }

    /// `tags { key = "a"  value = "b" }`
    fn pair(&mut self, block: &Value, from: LabelFrom) {
        let step = |name: &str| Path::of([PathStep::Key(name.into())]);
        let key = block.get(&step("key")).and_then(Value::as_str);
        if let (Some(key), Some(value)) = (key, block.get(&step("value"))) {
            self.add(key.into(), value, from);
        }
    }

    /// `"key=value"`, `"key:value"`, or a bare word.
    fn text(&mut self, text: &str, element: &Value, from: LabelFrom) {
        let (key, value) = split(text);
        let value = match value {
            Some(value) => Value::string(value),
            None => Value::bool(true),
        };
        self.add(key.into(), &value.with_origin(element.origin.clone()), from);
    }

    pub(super) fn add(&mut self, key: Arc<str>, value: &Value, from: LabelFrom) {
        if value.is_null()
            || from != LabelFrom::Own
                && self
                    .all
                    .iter()
                    .any(|label| label.key == key && label.from < from)
        {
            return;
        }
        self.all.push(Label {
            key,
            value: value.clone(),
            from,
        });
    }
}

/// Key and value of a tag that is one text.
pub(super) fn split(text: &str) -> (&str, Option<&str>) {
    match text.split_once(['=', ':']) {
        Some((key, value)) => (key.trim(), Some(value.trim())),
        None => (text.trim(), None),
    }
}

/// A block with a key and a value, and little else: not a map of tags. Cloud Director's metadata has three more.
fn is_pair(value: &Value) -> bool {
    let entries = value.entries().unwrap_or_default();
    entries.len() <= 5
        && value.entry("key").is_some_and(|key| key.as_str().is_some())
        && value.entry("value").is_some()
}
