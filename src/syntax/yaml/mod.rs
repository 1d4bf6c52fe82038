//! YAML as Kubernetes reads it: a tree with byte places, all documents of a file, no abort on a fault.
//!
//! The events come from `granit-parser`; tree, scalar types, merge keys, alias expansion and recovery are ours, since
//! Kubernetes follows go-yaml v2 (`yes` is a boolean, `0644` is octal, the last of equal keys wins) and no library does.
//! What is plain enough is read without the parser, which is five times as fast (`quick`).

mod build;
mod entries;
mod events;
mod quick;
mod scalar;
mod words;

use std::sync::Arc;

use memchr::memmem;

use build::Builder;
use events::{Failed, Texts};

use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, SourceId, Span};
use crate::text::{Text, text};
use crate::value::Value;

/// Collections inside collections, aliases followed.
const MAX_NESTING: usize = 256;
/// Aliases may expand to this many times the text ...
const MAX_EXPANSION: u64 = 10;
/// ... or to this many bytes, so that short texts may use anchors freely.
const MIN_EXPANSION: u64 = 64 * 1024;
/// Values that are moved to the places of the aliases that bring them; those of further ones stay where the anchor is.
const MAX_MOVED: usize = 1 << 17;
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
        Self::new(&[])
    }
}

impl Keys {
    fn new(pairs: &[(Span, Span)]) -> Self {
        let mut pairs: Arc<[(Span, Span)]> = pairs.into();
        let order = |(value, _): &(Span, Span)| (value.start, value.end);
        if !pairs.is_sorted_by_key(order)
            && let Some(pairs) = Arc::get_mut(&mut pairs)
        {
            pairs.sort_unstable_by_key(order);
        }
        Self(Pairs::Own(pairs))
    }

    /// True for objects that no file of YAML or JSON holds.
    pub fn is_empty(&self) -> bool {
        match &self.0 {
            Pairs::Own(pairs) => pairs.is_empty(),
            Pairs::Elsewhere(pairs) => pairs.is_empty(),
        }
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
    read(source, text, true)
}

/// The same by the parser alone: what the quick reader is held against, in tests and by the fuzzer.
#[doc(hidden)]
pub fn parse_slowly(source: SourceId, text: &str) -> Parsed {
    read(source, text, false)
}

fn read(source: SourceId, text: &str, quickly: bool) -> Parsed {
    let mut builder = Builder::new(source, text);
    if u32::try_from(text.len()).is_err() {
        let problem = Problem::error(
            ProblemCode::Limit,
            Text::new("a YAML text above 4 GiB", "un texte YAML de plus de 4 Gio"),
        );
        builder.parsed.problems.push(problem);
        return builder.parsed;
    }
    let mut from = 0;
    // Directives stand before the line that their document starts with: the parser has to see all of it in one run. After
    // a fault each document is read by itself, which keeps the work linear however many faults there are.
    let mut cuts = !text.starts_with('%') && memmem::find(text.as_bytes(), b"\n%").is_none();
    let mut to = 0;
    let mut is_simple = false;
    while from < text.len() && builder.values() <= MAX_VALUES {
        if to <= from {
            to = if cuts {
                next_marker(text, from).unwrap_or(text.len())
            } else {
                text.len()
            };
            // Asked once, however many JSON objects follow one another.
            let document = text.get(without_mark(text, from)..to);
            is_simple = quickly && cuts && document.is_some_and(quick::is_simple);
        }
        let start = without_mark(text, from);
        let run = match is_simple.then(|| quick::read(&mut builder, start..to)) {
            Some(Ok(())) => Ok(()),
            Some(Err(declined)) => events::read(&mut builder, declined..to),
            None => events::read(&mut builder, start..to),
        };
        let Err(failed) = run else {
            from = to;
            continue;
        };
        if let Some(next) = next_json(text, &failed) {
            from = next;
            continue;
        }
        if !cuts {
            cuts = true;
            to = next_marker(text, failed.document.max(from)).unwrap_or(text.len());
        }
        report(&mut builder, &failed, to);
        if builder.parsed.problems.len() >= MAX_PROBLEMS {
            let problem = Problem::error(
                ProblemCode::Limit,
                text!(
                    "more than {MAX_PROBLEMS} problems in one file; the rest of it is not read",
                    "plus de {MAX_PROBLEMS} problèmes dans un seul fichier ; le reste n’est pas lu"
                ),
            );
            let place = Place::new(source, span(to..text.len()));
            builder.parsed.problems.push(problem.at(place));
            break;
        }
        from = to;
    }
    builder.parsed
}

/// Behind the byte order mark that a document starts with: every one of files put together may have its own.
fn without_mark(text: &str, from: usize) -> usize {
    const MARK: &str = "\u{feff}";
    let rest = text.get(from..).unwrap_or_default();
    if rest.starts_with(MARK) {
        return from + MARK.len();
    }
    if let Some(line) = rest.strip_prefix("---")
        && let Some((blank, rest)) = line.split_once('\n')
        && rest.starts_with(MARK)
        && blank.trim().is_empty()
    {
        return text.len() - rest.len() + MARK.len();
    }
    from
}

/// Where the next of several JSON objects starts that follow each other without a line between: Kubernetes reads them.
fn next_json(text: &str, failed: &Failed) -> Option<usize> {
    let before = text.get(failed.document..failed.at)?;
    let object = before.trim_start_matches("---").trim_start();
    let follows = failed.is_complete
        && object.starts_with('{')
        && before.ends_with('\n')
        && text.get(failed.at..)?.starts_with('{');
    follows.then_some(failed.at)
}

/// A fault behind a `{{` that is no text is that of a template read raw; everything else is a syntax error.
fn report(builder: &mut Builder<'_>, failed: &Failed, end: usize) {
    let text = builder.text;
    let at = floor_boundary(text, failed.at.min(text.len()));
    let line = text.get(at..).unwrap_or("").lines().next().unwrap_or("");
    let until = (at + line.len()).min(end);
    let source = builder.source;
    let texts = events::texts_with_braces(text, failed.document..end);
    if let Some(found) = template_mark(text, failed.document..until, &texts) {
        let place = Place::new(source, found);
        builder.parsed.templated.push(place);
        return;
    }
    let place = Place::new(source, span(at..at + line.trim_end().len()));
    let why = &failed.message;
    builder.parsed.problems.push(
        Problem::error(
            ProblemCode::Syntax,
            text!(
                "this YAML document could not be read: {why}",
                "ce document YAML n’a pas pu être lu : {why}";
                why
            ),
        )
        .at(place),
    );
}

/// The first `{{` outside comment lines and texts.
fn template_mark(text: &str, range: std::ops::Range<usize>, texts: &Texts) -> Option<Span> {
    let mut at = range.start;
    for line in text.get(range)?.split_inclusive('\n') {
        if !line.trim_start().starts_with('#') {
            for (found, _) in line.match_indices("{{") {
                let before = line.get(..found).unwrap_or_default();
                let is_quoted = before.ends_with('\'')
                    || before.bytes().filter(|b| *b == b'"').count() % 2 == 1;
                let mark = at + found;
                let holder = texts.range(..=(mark, usize::MAX)).next_back();
                if !is_quoted && holder.is_none_or(|(_, end)| *end <= mark) {
                    return Some(span(mark..mark + 2));
                }
            }
        }
        at += line.len();
    }
    None
}

/// The next line after the one at `from` that starts a document.
fn next_marker(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memmem::find(text.as_bytes().get(at..)?, b"\n---")? + 1;
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
