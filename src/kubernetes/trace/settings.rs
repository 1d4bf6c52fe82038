//! What files of values say, in the order in which Helm lays them over each other.

use std::sync::Arc;

use super::expression::{Expression, Scope, Segment, Term};
use crate::value::{Data, Value};

/// So many values that an expression may stand for are looked at.
const MAX_CANDIDATES: usize = 256;
/// Calls inside calls.
const MAX_DEPTH: usize = 16;

/// The values that one chart sees: all files laid over each other, each value with the place where it was written.
#[derive(Debug)]
pub(super) struct Settings(Value);

/// A value that an expression may stand for.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// As the file has it, with its place.
    pub(super) value: Value,
    /// `.Values.storage.region`
    pub(super) name: Arc<str>,
}

impl Candidate {
    /// An inner value.
    pub(super) fn entry(&self, key: &str) -> Option<Self> {
        Some(Self {
            value: self.value.entry(key)?.clone(),
            name: {
                let mut name = self.name.to_string();
                add_key(&mut name, key);
                name.into()
            },
        })
    }

    /// An element.
    pub(super) fn element(&self, index: usize) -> Option<Self> {
        Some(Self {
            value: self.value.elements()?.get(index)?.clone(),
            name: Arc::clone(&self.name),
        })
    }
}

impl Settings {
    /// `files` in rising precedence, each with the keys of subcharts under which it speaks of this chart.
    pub(super) fn new(files: &[(&Value, &[&str])]) -> Self {
        let mut all = Value::object([]);
        let mut globals = Value::object([]);
        for (root, path) in files {
            let mut own = Some(*root);
            // What is global for a chart is so for those in it, and wins over what those say.
            let mut around = vec![root.entry("global")];
            for key in *path {
                own = own.and_then(|value| value.entry(key));
                around.push(own.and_then(|value| value.entry("global")));
            }
            for global in around.into_iter().rev().flatten() {
                globals = laid_over(&globals, global);
            }
            if let Some(own) = own {
                all = laid_over(&all, own);
            }
        }
        Self(laid_over(
            &all,
            &Value::object([("global".into(), globals)]),
        ))
    }

    /// What an expression may stand for: none or several when that cannot be told.
    pub(super) fn candidates(&self, expression: &Expression, scope: &Scope) -> Vec<Candidate> {
        let mut found = self.of(expression, scope, 0);
        found.truncate(MAX_CANDIDATES);
        found
    }

    fn of(&self, expression: &Expression, scope: &Scope, depth: usize) -> Vec<Candidate> {
        if depth > MAX_DEPTH {
            return Vec::new();
        }
        if let Term::Values(path) = scope.term(expression) {
            return self.lookup(&path);
        }
        let inner = |one: &Expression| self.of(one, scope, depth + 1);
        match expression {
            Expression::Call(name, arguments) => match (name.as_str(), arguments.as_slice()) {
                ("default", [otherwise, given]) => {
                    let given = inner(given);
                    if given.iter().any(|one| is_true(&one.value)) {
                        given
                    } else {
                        inner(otherwise)
                    }
                }
                ("coalesce", all) => all
                    .iter()
                    .map(inner)
                    .find(|found| found.iter().any(|one| is_true(&one.value)))
                    .unwrap_or_default(),
                (_, all) => {
                    let mut found = Vec::new();
                    for one in all {
                        found.extend(inner(one));
                        found.truncate(MAX_CANDIDATES);
                    }
                    found
                }
            },
            Expression::Field(of, _) => inner(of),
            _ => Vec::new(),
        }
    }

    fn lookup(&self, path: &[Segment]) -> Vec<Candidate> {
        let mut name = String::from(".Values");
        for segment in path {
            if let Segment::Key(key) = segment {
                add_key(&mut name, key);
            }
        }
        let name: Arc<str> = name.into();
        let mut found = vec![&self.0];
        for segment in path {
            let mut next = Vec::new();
            for value in found {
                match segment {
                    Segment::Key(key) => next.extend(value.entry(key)),
                    Segment::Each => {
                        next.extend(value.elements().unwrap_or_default());
                        next.extend(value.entries().unwrap_or_default().iter().map(|(_, v)| v));
                    }
                }
                next.truncate(MAX_CANDIDATES);
            }
            found = next;
        }
        let found = found.into_iter().filter(|value| !value.is_null());
        found
            .map(|value| Candidate {
                value: value.clone(),
                name: Arc::clone(&name),
            })
            .collect()
    }
}

/// `.region`, `["topology.kubernetes.io/region"]`
fn add_key(name: &mut String, key: &str) {
    let is_plain = key
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    if is_plain {
        name.push('.');
        name.push_str(key);
    } else {
        name.push_str("[\"");
        name.push_str(key);
        name.push_str("\"]");
    }
}

/// Tables are merged; of anything else the upper one counts. Recursion is bounded by the nesting limit of the parser.
fn laid_over(lower: &Value, upper: &Value) -> Value {
    let (Some(below), Some(above)) = (lower.entries(), upper.entries()) else {
        return upper.clone();
    };
    if below.is_empty() {
        return upper.clone();
    }
    let mut all = below.to_vec();
    for (key, value) in above {
        match below.binary_search_by(|(k, _)| k.cmp(key)) {
            Ok(at) => {
                if let Some((_, slot)) = all.get_mut(at) {
                    *slot = laid_over(slot, value);
                }
            }
            Err(_) => all.push((Arc::clone(key), value.clone())),
        }
    }
    Value::object(all).with_origin(upper.origin.clone())
}

/// What Go templates take for true.
fn is_true(value: &Value) -> bool {
    match &value.data {
        Data::Null(_) => false,
        Data::Bool(value) => *value,
        Data::Number(number) => number.as_i64() != Some(0),
        Data::String(text) => !text.is_empty(),
        _ => {
            value.elements().is_none_or(|all| !all.is_empty())
                && value.entries().is_none_or(|all| !all.is_empty())
        }
    }
}

/// True when both hold the same, scalars compared as texts. Recursion is bounded by the nesting limit of the parser.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    if let (Some(a), Some(b)) = (a.elements(), b.elements()) {
        return a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b));
    }
    if let (Some(a), Some(b)) = (a.entries(), b.entries()) {
        return a.len() == b.len()
            && a.iter()
                .zip(b)
                .all(|((ka, a), (kb, b))| ka == kb && same(a, b));
    }
    match (a.as_text(), b.as_text()) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

/// The only place that the fitting ones of several candidates have.
pub(super) fn only<'a>(
    candidates: &'a [Candidate],
    fits: &dyn Fn(&Value) -> bool,
) -> Option<&'a Candidate> {
    let mut fitting = candidates
        .iter()
        .filter(|one| one.value.origin.place.is_some() && fits(&one.value));
    let first = fitting.next()?;
    fitting
        .all(|other| other.value.origin.place == first.value.origin.place)
        .then_some(first)
}
