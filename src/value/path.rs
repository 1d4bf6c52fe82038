//! Attribute paths: `a.b`, `a.0.b`, `a["x.y"]`, `a.*.b`.

use std::sync::Arc;

use super::{Because, Data, Value};
use crate::text::Text;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PathStep {
    /// A key of an object or map.
    Key(Arc<str>),
    /// An element by position.
    Index(usize),
    /// Every element, or the value itself when it is no sequence.
    Every,
}

/// A parsed attribute path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Path {
    steps: Vec<PathStep>,
}

/// A text that is no path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no attribute path")]
pub struct PathError(pub String);

impl Path {
    /// The steps.
    pub fn steps(&self) -> &[PathStep] {
        &self.steps
    }

    /// A path of these steps.
    pub fn of(steps: impl Into<Vec<PathStep>>) -> Self {
        Self {
            steps: steps.into(),
        }
    }

    /// Reads `a.b`, `a.0.b`, `a["x.y"]`, `a.*.b`, `a[*].b`. The empty text is the value itself.
    ///
    /// # Errors
    /// When a bracket or a quote is not closed, or a step is empty.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let wrong = || PathError(text.to_owned());
        let mut steps = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(inner) = rest.strip_prefix('[') {
                let (step, after) = match inner.chars().next() {
                    Some(quote @ ('"' | '\'')) => {
                        let inner = &inner[1..];
                        let end = inner.find(quote).ok_or_else(wrong)?;
                        (PathStep::Key(inner[..end].into()), &inner[end + 1..])
                    }
                    _ => {
                        let end = inner.find(']').ok_or_else(wrong)?;
                        (plain_step(&inner[..end]).ok_or_else(wrong)?, &inner[end..])
                    }
                };
                steps.push(step);
                rest = after.strip_prefix(']').ok_or_else(wrong)?;
            } else {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                steps.push(plain_step(&rest[..end]).ok_or_else(wrong)?);
                rest = &rest[end..];
            }
            if let Some(after) = rest.strip_prefix('.') {
                if after.is_empty() {
                    return Err(wrong());
                }
                rest = after;
            }
        }
        Ok(Self { steps })
    }

    pub(super) fn first<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        let mut found = None;
        walk(&self.steps, value, &mut |value| {
            found = Some(value);
            false
        });
        found
    }

    pub(super) fn all<'a>(&self, value: &'a Value) -> Vec<&'a Value> {
        let mut found = Vec::new();
        walk(&self.steps, value, &mut |value| {
            found.push(value);
            true
        });
        found
    }
}

fn plain_step(text: &str) -> Option<PathStep> {
    match text {
        "" => None,
        "*" => Some(PathStep::Every),
        _ => Some(match text.parse::<usize>() {
            Ok(at) => PathStep::Index(at),
            Err(_) => PathStep::Key(text.into()),
        }),
    }
}

/// Calls `visit` on every match until it answers false; answers whether to go on.
fn walk<'a>(
    steps: &[PathStep],
    value: &'a Value,
    visit: &mut dyn FnMut(&'a Value) -> bool,
) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        return visit(value);
    };
    // What lies below an unknown is unknown for the same reason.
    if matches!(value.data, Data::Unknown(_)) {
        return visit(value);
    }
    match step {
        PathStep::Key(key) => match value.elements() {
            Some(all) => all.iter().all(|element| walk(steps, element, visit)),
            None => match value.entry(key) {
                Some(inner) => walk(rest, inner, visit),
                None => true,
            },
        },
        PathStep::Index(at) => match value.elements() {
            Some(all) => all.get(*at).is_none_or(|inner| walk(rest, inner, visit)),
            None if value.entries().is_some() => match value.entry(&at.to_string()) {
                Some(inner) => walk(rest, inner, visit),
                // A single block is written without its index.
                None if *at == 0 => walk(rest, value, visit),
                None => true,
            },
            None => true,
        },
        PathStep::Every => match (value.elements(), value.entries()) {
            (Some(all), _) => all.iter().all(|inner| walk(rest, inner, visit)),
            // A single block stands for a list of one.
            _ => walk(rest, value, visit),
        },
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, step) in self.steps.iter().enumerate() {
            let dot = if at == 0 { "" } else { "." };
            match step {
                PathStep::Key(key) if key.contains(['.', '[', '"']) => write!(f, "[\"{key}\"]")?,
                PathStep::Key(key) => write!(f, "{dot}{key}")?,
                PathStep::Index(index) => write!(f, "{dot}{index}")?,
                PathStep::Every => write!(f, "{dot}*")?,
            }
        }
        Ok(())
    }
}

impl Because {
    /// Shorthand for a reason in words.
    pub fn other(text: impl Into<Text>) -> Self {
        Self::Other(Arc::new(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Path {
        Path::parse(text).expect("a path")
    }

    #[test]
    fn reads_and_prints() {
        for text in ["a.b", "a.0.b", "a[\"x.y\"].c", "a.*.b", "settings"] {
            assert_eq!(path(text).to_string(), text);
        }
        assert_eq!(path("a[*].b"), path("a.*.b"));
        for wrong in ["a.", "a[", "a[\"b", ".a", "a..b"] {
            assert!(Path::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn looks_through_blocks() {
        let block = |n| Value::object([("enabled".into(), Value::int(n))]);
        let value = Value::object([
            ("v".into(), Value::tuple(vec![block(1), block(2)])),
            ("one".into(), block(3)),
        ]);
        assert_eq!(
            value
                .get(&path("v.enabled"))
                .and_then(|v| v.as_text())
                .as_deref(),
            Some("1")
        );
        assert_eq!(value.get_all(&path("v.*.enabled")).len(), 2);
        assert_eq!(
            value
                .get(&path("v.1.enabled"))
                .and_then(|v| v.as_text())
                .as_deref(),
            Some("2")
        );
        assert_eq!(
            value
                .get(&path("one.0.enabled"))
                .and_then(|v| v.as_text())
                .as_deref(),
            Some("3")
        );
        assert!(value.get(&path("one.missing")).is_none());
    }
}
