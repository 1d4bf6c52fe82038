//! What is wrong in a catalogue file, and where.

use std::fmt;
use std::ops::Range;

use toml::de::{DeArray, DeTable, DeValue};

use super::File;

/// A mistake in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The file, as people see it.
    pub(crate) file: String,
    /// The bytes it is about; none: the whole file.
    pub(crate) span: Option<Range<usize>>,
    line: Option<usize>,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(file: File<'_>, span: Option<Range<usize>>, message: String) -> Self {
        let before = span
            .as_ref()
            .and_then(|span| file.text.as_bytes().get(..span.start));
        Self {
            file: file.shown.to_owned(),
            line: before.map(|text| text.iter().filter(|byte| **byte == b'\n').count() + 1),
            span,
            message,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// The bytes of the key that a path of keys and numbers leads to; of the last of its parts that is there.
pub(crate) fn locate(text: &str, path: &[&str]) -> Option<Range<usize>> {
    let top = DeTable::parse(text).ok()?;
    let mut found = None;
    let mut tables: Option<&DeTable<'_>> = Some(top.get_ref());
    let mut lists: Option<&DeArray<'_>> = None;
    for part in path {
        let value = if let Some(table) = tables {
            let Some((key, value)) = table.iter().find(|(key, _)| key.get_ref() == part) else {
                break;
            };
            found = Some(key.span());
            value
        } else if let Some(list) = lists {
            let Some(value) = part.parse::<usize>().ok().and_then(|at| list.get(at)) else {
                break;
            };
            found = Some(value.span());
            value
        } else {
            break;
        };
        (tables, lists) = match value.get_ref() {
            DeValue::Table(table) => (Some(table), None),
            DeValue::Array(list) => (None, Some(list)),
            _ => (None, None),
        };
    }
    found
}
