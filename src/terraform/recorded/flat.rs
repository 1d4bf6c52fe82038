//! Attributes as states kept them that were upgraded from before Terraform 0.12: every scalar a text under its whole path,
//! `tags.%` and `tags.Name` for maps, `ingress.#` and `ingress.1234.from_port` for sequences.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::secrets;
use super::values::Reader;
use crate::syntax::json::NodeId;
use crate::value::{Data, Marks, Value};

/// Deeper paths are no attributes of any provider.
const MAX_DEPTH: usize = 32;

#[derive(Default)]
struct Tree {
    value: Option<Value>,
    is_sequence: bool,
    below: BTreeMap<Part, Tree>,
}

/// Numbers in their own order, before names.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    At(u64),
    Key(Arc<str>),
}

/// The object behind a flat one.
pub(super) fn attributes(reader: &mut Reader<'_>, kind: &str, flat: NodeId) -> Value {
    let document = reader.document;
    let mut tree = Tree::default();
    for member in document.members(flat) {
        let path = document.key(member);
        let Some(text) = reader.text(member.value) else {
            continue;
        };
        let value = Value::string(text).at(document.place(document.node(member.value).span));
        tree.add(&path, value);
    }
    tree.into_value(kind)
}

impl Tree {
    fn add(&mut self, path: &str, value: Value) {
        let mut at = self;
        for part in path.splitn(MAX_DEPTH, '.') {
            match part {
                "#" => {
                    at.is_sequence = true;
                    return;
                }
                // Only says how many there are.
                "%" => return,
                _ => {}
            }
            let part = match part.parse() {
                Ok(number) => Part::At(number),
                Err(_) => Part::Key(part.into()),
            };
            at = at.below.entry(part).or_default();
        }
        at.value = Some(value);
    }

    fn into_value(self, kind: &str) -> Value {
        if let Some(value) = self.value {
            return value;
        }
        if self.is_sequence {
            let all: Vec<Value> = self
                .below
                .into_values()
                .map(|tree| tree.into_value(kind))
                .collect();
            return Data::Tuple(all.into()).into();
        }
        Value::object(self.below.into_iter().map(|(part, tree)| {
            let key: Arc<str> = match part {
                Part::Key(key) => key,
                Part::At(number) => number.to_string().into(),
            };
            let value = tree.into_value(kind);
            let secret = secrets::is_secret(kind, &key, &value)
                || value.as_str().is_some_and(secrets::is_secret_text);
            let marks = if secret {
                Marks::SENSITIVE
            } else {
                Marks::NONE
            };
            (key, value.marked(marks))
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::syntax::json;

    #[test]
    fn paths_become_objects_and_sequences() {
        let text = r##"{"id": "i-1", "tags.%": "2", "tags.Name": "a", "tags.1": "b", "password": "x",
            "ingress.#": "2", "ingress.20.port": "2", "ingress.3.port": "1", "ingress.3.cidr.#": "1",
            "ingress.3.cidr.0": "c", "none.#": "0"}"##;
        let id = Sources::new().add("test.json", text);
        let (document, _) = json::parse(id, text.into());
        let mut reader = Reader::of_state(&document);
        let root = document.root().expect("a root");
        assert_eq!(
            attributes(&mut reader, "t", root)
                .to_inspection()
                .to_string(),
            concat!(
                r#"{"id":"i-1","ingress":[{"cidr":["c"],"port":"1"},{"port":"2"}],"none":[],"#,
                r#""password":{"$sensitive":true},"tags":{"1":"b","Name":"a"}}"#
            )
        );
    }
}
