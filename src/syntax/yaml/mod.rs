//! YAML as Kubernetes reads it: a tree with byte places, all documents of a file, no abort on a fault.
//!
//! The events come from `granit-parser`; tree, scalar types, merge keys, alias expansion and recovery are ours, since
//! Kubernetes follows go-yaml v2 (`yes` is a boolean, `0644` is octal, the last of equal keys wins) and no library does.

mod build;
mod scalar;

use std::sync::Arc;

use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, SourceId, Span};
use crate::value::Value;

/// Collections inside collections, aliases followed.
const MAX_NESTING: usize = 256;
/// Aliases may expand to this many times the text ...
const MAX_EXPANSION: u64 = 10;
/// ... or to this many bytes, so that short texts may use anchors freely.
const MIN_EXPANSION: u64 = 64 * 1024;
/// Values in one text. Each takes a hundred times the room of the two bytes that it may be written in.
const MAX_VALUES: usize = 1 << 21;
/// Problems of one file above this number are not listed.
const MAX_PROBLEMS: usize = 100;

/// What a text holds.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The documents that could be read, in order; empty ones are left out.
    pub documents: Vec<Document>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Every comment from `#` to the end of its line.
    pub comments: Vec<Place>,
    /// Documents that are no YAML because they are templates: where the first `{{` of each stands.
    pub templated: Vec<Place>,
}

/// One document.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its content: objects, tuples and scalars, each with the place where it is written.
    pub value: Value,
    /// From its first to its last byte of content.
    pub place: Place,
    /// Where the keys of its mappings stand.
    pub keys: Keys,
}

/// Where the keys of mappings stand, found by the value behind them.
#[derive(Debug, Clone)]
pub struct Keys(Pairs);

/// Sorted by value.
#[derive(Debug, Clone)]
enum Pairs {
    /// All of one text, that of the values.
    Own(Arc<[(Span, Span)]>),
    /// Of the texts that a rendered one was made from.
    Elsewhere(Arc<[(Place, Place)]>),
}

impl Default for Keys {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Keys {
    fn new(mut pairs: Vec<(Span, Span)>) -> Self {
        pairs.sort_unstable_by_key(|(value, _)| (value.start, value.end));
        Self(Pairs::Own(pairs.into()))
    }

    /// Keys that need not stand in one text: each value's place with that of its key. Of several keys of one value, as a
    /// template that prints many entries in one place gives them, the first counts.
    pub fn of_places(mut pairs: Vec<(Place, Place)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup_by_key(|(value, _)| *value);
        Self(Pairs::Elsewhere(pairs.into()))
    }

    /// The place of the key that `value` is written behind; none for elements of sequences and for other texts' values.
    pub fn key_of(&self, value: &Value) -> Option<Place> {
        let place = value.origin.place?;
        match &self.0 {
            Pairs::Own(pairs) => {
                let wanted = (place.span.start, place.span.end);
                let at = pairs
                    .binary_search_by_key(&wanted, |(value, _)| (value.start, value.end))
                    .ok()?;
                let (_, key) = pairs.get(at)?;
                Some(Place::new(place.source, *key))
            }
            Pairs::Elsewhere(pairs) => {
                let at = pairs
                    .binary_search_by_key(&place, |(value, _)| *value)
                    .ok()?;
                pairs.get(at).map(|(_, key)| *key)
            }
        }
    }

    /// The place of `key: value`, or of the value alone when it has no key.
    pub fn entry_of(&self, value: &Value) -> Option<Place> {
        let place = value.origin.place?;
        let key = self.key_of(value).filter(|key| key.source == place.source);
        let key = key.map_or(place.span, |key| key.span);
        Some(Place::new(place.source, key.to(place.span)))
    }
}

/// Reads every document of a text. Faults are problems; the documents around them survive.
pub fn parse(source: SourceId, text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    if u32::try_from(text.len()).is_err() {
        let problem = Problem::error(ProblemCode::Limit, "a YAML text above 4 GiB");
        parsed.problems.push(problem);
        return parsed;
    }
    let mut from = if text.starts_with('\u{feff}') { 3 } else { 0 };
    // The first fault ends the run over the whole rest: from then on each document is cut out and read by itself,
    // which keeps the work linear however many faults there are.
    let mut to = text.len();
    let mut used = build::Used::default();
    while from < text.len() {
        let run = build::run(source, text, from..to, &mut used, &mut parsed);
        let next = match run {
            Ok(()) => (to < text.len()).then_some(to),
            Err(failed) => {
                let next = next_marker(text, failed.document.max(from));
                report(
                    source,
                    text,
                    &failed,
                    next.unwrap_or(text.len()),
                    &mut parsed,
                );
                next
            }
        };
        let Some(start) = next else { break };
        if parsed.problems.len() >= MAX_PROBLEMS {
            let problem = Problem::error(
                ProblemCode::Limit,
                format!(
                    "more than {MAX_PROBLEMS} problems in one file; the rest of it is not read"
                ),
            );
            let place = Place::new(source, span(start..text.len()));
            parsed.problems.push(problem.at(place));
            break;
        }
        from = start;
        to = next_marker(text, start).unwrap_or(text.len());
    }
    parsed
}

/// A document that could not be read.
struct Failed {
    /// Where it starts.
    document: usize,
    /// Where the fault shows.
    at: usize,
    /// The parser's words.
    message: String,
}

/// A fault in a text with `{{` is that of a template read raw; everything else is a syntax error.
fn report(source: SourceId, text: &str, failed: &Failed, end: usize, parsed: &mut Parsed) {
    if let Some(found) = template_mark(text, failed.document..end) {
        parsed.templated.push(Place::new(source, found));
        return;
    }
    let at = floor_boundary(text, failed.at.min(text.len()));
    let rest = text.get(at..).unwrap_or("");
    let line = rest.lines().next().unwrap_or("").trim_end();
    let place = Place::new(source, span(at..at + line.len()));
    parsed.problems.push(
        Problem::error(
            ProblemCode::Syntax,
            format!("this YAML document could not be read: {}", failed.message),
        )
        .at(place),
    );
}

/// The first `{{` outside comment lines.
fn template_mark(text: &str, range: std::ops::Range<usize>) -> Option<Span> {
    let mut at = range.start;
    for line in text.get(range)?.split_inclusive('\n') {
        if !line.trim_start().starts_with('#')
            && let Some(found) = line.find("{{")
        {
            return Some(span(at + found..at + found + 2));
        }
        at += line.len();
    }
    None
}

/// The next line after the one at `from` that starts a document.
fn next_marker(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += text.get(at..)?.find("\n---")? + 1;
        let after = text.as_bytes().get(at + 3);
        if matches!(after, None | Some(b' ' | b'\t' | b'\r' | b'\n')) {
            return Some(at);
        }
    }
}

fn floor_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Texts are below 4 GiB here.
fn span(range: std::ops::Range<usize>) -> Span {
    Span::new(range.start as u32, range.end as u32)
}

#[cfg(test)]
mod tests;
