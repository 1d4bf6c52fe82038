//! A document as text: fields in a fixed order, keys of maps sorted.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::document::{Document, Statement, Texts};
use crate::value::write_string;

/// What is written: like JSON, but fields keep their order.
enum Node {
    Text(String),
    /// A value of a merged document that is neither a text nor made of texts.
    Literal(String),
    List(Vec<Node>),
    Fields(Vec<(String, Node)>),
}

/// Two spaces a level, or all on one line without spaces.
pub(super) fn write(document: &Document, indented: bool) -> String {
    let mut fields = Vec::new();
    text(&mut fields, "Version", &document.version);
    text(&mut fields, "Id", &document.id);
    if !document.statements.is_empty() {
        let all = document.statements.iter().map(statement).collect();
        fields.push(("Statement".to_owned(), Node::List(all)));
    }
    let mut out = String::new();
    print(&Node::Fields(fields), indented.then_some(0), &mut out);
    out
}

fn text(fields: &mut Vec<(String, Node)>, name: &str, value: &str) {
    if !value.is_empty() {
        fields.push((name.to_owned(), Node::Text(value.to_owned())));
    }
}

fn statement(statement: &Statement) -> Node {
    let mut fields = Vec::new();
    text(&mut fields, "Sid", &statement.sid);
    text(&mut fields, "Effect", &statement.effect);
    for (name, value) in [
        ("Action", &statement.actions),
        ("NotAction", &statement.not_actions),
        ("Resource", &statement.resources),
        ("NotResource", &statement.not_resources),
    ] {
        if let Some(value) = value {
            fields.push((name.to_owned(), node(value)));
        }
    }
    for (name, all) in [
        ("Principal", &statement.principals),
        ("NotPrincipal", &statement.not_principals),
    ] {
        if !all.is_empty() {
            fields.push((name.to_owned(), principals(all)));
        }
    }
    if !statement.conditions.is_empty() {
        fields.push(("Condition".to_owned(), conditions(&statement.conditions)));
    }
    Node::Fields(fields)
}

fn node(json: &Json) -> Node {
    match json {
        Json::String(text) => Node::Text(text.clone()),
        Json::Array(all) => Node::List(all.iter().map(node).collect()),
        Json::Object(all) => {
            let sorted: BTreeMap<&String, &Json> = all.iter().collect();
            let fields = sorted.into_iter();
            Node::Fields(
                fields
                    .map(|(key, value)| (key.clone(), node(value)))
                    .collect(),
            )
        }
        other => Node::Literal(other.to_string()),
    }
}

fn texts(texts: Texts) -> Node {
    match texts {
        Texts::One(text) => Node::Text(text),
        Texts::List(all) => Node::List(all.into_iter().map(Node::Text).collect()),
    }
}

/// Only `{"*": "*"}` is written as `"*"`: a trust policy takes `{"AWS": "*"}` and refuses `"*"`.
fn principals(all: &[(String, Texts)]) -> Node {
    if let [(kind, one)] = all {
        let everyone = match one {
            Texts::One(text) => text == "*",
            Texts::List(list) => matches!(list.as_slice(), [text] if text == "*"),
        };
        if kind == "*" && everyone {
            return Node::Text("*".to_owned());
        }
    }
    let mut by_kind: BTreeMap<&String, Texts> = BTreeMap::new();
    for (kind, more) in all {
        let joined = match (by_kind.remove(kind), more.clone()) {
            (None, Texts::One(text)) => Texts::One(text),
            (known, more) => {
                let mut list = match known {
                    None => Vec::new(),
                    Some(Texts::One(text)) => vec![text],
                    Some(Texts::List(list)) => list,
                };
                match more {
                    Texts::One(text) => list.push(text),
                    Texts::List(mut more) => {
                        more.sort_unstable_by(|a, b| b.cmp(a));
                        list.append(&mut more);
                    }
                }
                Texts::List(list)
            }
        };
        by_kind.insert(kind, joined);
    }
    let fields = by_kind.into_iter();
    Node::Fields(
        fields
            .map(|(kind, all)| (kind.clone(), texts(all)))
            .collect(),
    )
}

fn conditions(all: &[(String, String, Vec<String>)]) -> Node {
    let mut by_test: BTreeMap<&String, BTreeMap<&String, Vec<String>>> = BTreeMap::new();
    for (test, variable, values) in all {
        let known = by_test
            .entry(test)
            .or_default()
            .entry(variable)
            .or_default();
        known.extend(values.iter().cloned());
    }
    let tests = by_test.into_iter().map(|(test, variables)| {
        let variables = variables.into_iter().map(|(variable, values)| {
            let values = Texts::of(values).unwrap_or(Texts::List(Vec::new()));
            (variable.clone(), texts(values))
        });
        (test.clone(), Node::Fields(variables.collect()))
    });
    Node::Fields(tests.collect())
}

/// `level` is none for everything on one line.
fn print(node: &Node, level: Option<usize>, out: &mut String) {
    match node {
        Node::Text(text) => write_string(text, out),
        Node::Literal(text) => out.push_str(text),
        Node::List(all) => {
            let items = all.iter().map(|item| (None, item));
            block(('[', ']'), items, level, out);
        }
        Node::Fields(all) => {
            let items = all.iter().map(|(key, item)| (Some(key), item));
            block(('{', '}'), items, level, out);
        }
    }
}

fn block<'n>(
    (open, close): (char, char),
    items: impl Iterator<Item = (Option<&'n String>, &'n Node)>,
    level: Option<usize>,
    out: &mut String,
) {
    let line = |level: Option<usize>, out: &mut String| {
        if let Some(level) = level {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", level));
        }
    };
    out.push(open);
    let inner = level.map(|level| level + 1);
    let mut empty = true;
    for (key, item) in items {
        if !empty {
            out.push(',');
        }
        empty = false;
        line(inner, out);
        if let Some(key) = key {
            write_string(key, out);
            out.push_str(if level.is_some() { ": " } else { ":" });
        }
        print(item, inner, out);
    }
    if !empty {
        line(level, out);
    }
    out.push(close);
}
