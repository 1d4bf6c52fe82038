//! Interned texts, line index, places.
//!
//! A [`Place`] is what every other layer keeps to say *where*: a source and a byte range in it. Lines and columns are
//! computed late, when something is printed.

mod hidden;
mod names;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

pub(crate) use hidden::secrets_in;
pub(crate) use names::says_secret;

/// One text of a scan; an index into [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

impl SourceId {
    /// Position in the order of interning.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A range of bytes: `start` inclusive, `end` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// Byte after the last one.
    pub end: u32,
}

impl Span {
    /// The range `start..end`.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// Number of bytes.
    pub const fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// True for a point between two bytes.
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// The smallest span that covers both.
    pub fn to(self, other: Span) -> Span {
        Span::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// The text it covers; empty when it lies outside or cuts a character.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize)
            .unwrap_or("")
    }
}

/// A byte range in a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The text.
    pub source: SourceId,
    /// The bytes.
    pub span: Span,
}

impl Place {
    /// The place `span` in `source`.
    pub const fn new(source: SourceId, span: Span) -> Self {
        Self { source, span }
    }

    /// True when the other one lies in this one.
    pub fn contains(self, other: Place) -> bool {
        self.source == other.source
            && self.span.start <= other.span.start
            && other.span.end <= self.span.end
    }
}

/// Line and column, both from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
}

/// One text, with its path as shown to people: relative to the scan, `/` between parts.
#[derive(Debug)]
pub struct Source {
    path: String,
    text: Arc<str>,
    lines: OnceLock<Lines>,
    is_private: bool,
    /// What its readers say must not be shown.
    hidden: Mutex<Vec<Span>>,
    /// The text as it may be shown, where part of it may not.
    shown: OnceLock<Option<String>>,
    is_rendered: bool,
    is_file: bool,
    /// Characters that UTF-16 writes as two units, before each block; none where there is no such character.
    wide: OnceLock<Option<Vec<u32>>>,
}

/// Endings of the files of Terraform's own language.
const HCL: [&str; 4] = [".tf", ".tofu", ".tfvars", ".hcl"];

/// How many bytes are counted at once: a plan is one line, of many megabytes.
const BLOCK: usize = 1 << 10;

/// Where lines start, and how many characters there are.
#[derive(Debug)]
struct Lines {
    starts: Vec<u32>,
    /// Characters before each block.
    characters: Vec<u32>,
}

impl Lines {
    fn new(text: &[u8]) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text).map(|at| at as u32 + 1));
        let mut before = 0;
        let characters = text.chunks(BLOCK).map(|block| {
            let here = before;
            before += characters(block);
            here
        });
        Self {
            characters: characters.collect(),
            starts,
        }
    }

    /// Characters before an offset.
    fn characters_before(&self, text: &[u8], offset: usize) -> u32 {
        let block = offset / BLOCK;
        let counted = self.characters.get(block).copied();
        // Past the last block nothing is left to count.
        let (from, counted) = match counted {
            Some(counted) => (block * BLOCK, counted),
            None => (0, 0),
        };
        counted + text.get(from..offset).map_or(0, characters)
    }
}

fn characters(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|b| (**b & 0xC0) != 0x80).count() as u32
}

/// Characters that UTF-16 writes as two units: those of four bytes.
fn wide(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|b| **b >= 0xF0).count() as u32
}

impl Source {
    /// Path as shown.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text as it may be shown: what is hidden in it reads as asterisks, at the same offsets. Worked out when it is first
    /// asked for: most texts are never shown.
    pub fn shown_text(&self) -> &str {
        let shown = self.shown.get_or_init(|| {
            let is_hcl = HCL.iter().any(|ending| self.path.ends_with(ending));
            let mut spans = secrets_in(&self.text, is_hcl);
            let hidden = self.hidden.lock();
            spans.extend_from_slice(&hidden.unwrap_or_else(PoisonError::into_inner));
            (!spans.is_empty()).then(|| masked(&self.text, &spans))
        });
        shown.as_deref().unwrap_or(&self.text)
    }

    /// Hides further parts of the text from everything that shows it. Whoever reads a text says so before any of it is shown.
    pub fn hide(&self, spans: &[Span]) {
        let hidden = self.hidden.lock();
        hidden
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(spans);
    }

    /// The text, shared.
    pub fn shared_text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// Nothing of its text is ever shown: it may hold secrets.
    pub fn is_private(&self) -> bool {
        self.is_private
    }

    /// No file: what a program made of a chart or kustomization.
    pub fn is_rendered(&self) -> bool {
        self.is_rendered
    }

    /// A file that was read: neither rendered, nor what came through a pipe, nor a value of the command line.
    pub fn is_file(&self) -> bool {
        self.is_file
    }

    fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::new(self.text.as_bytes()))
    }

    /// Line of a byte offset, from 1.
    pub fn line(&self, offset: u32) -> u32 {
        let starts = &self.lines().starts;
        starts.partition_point(|&start| start <= offset).max(1) as u32
    }

    /// Line and column of a byte offset; offsets past the end count as the end.
    pub fn position(&self, offset: u32) -> Position {
        let lines = self.lines();
        let line = self.line(offset) as usize;
        let start = lines.starts[line - 1] as usize;
        let end = (offset as usize).min(self.text.len());
        let bytes = self.text.as_bytes();
        let column = match bytes.get(start..end) {
            // Most lines are short.
            Some(before) if before.len() <= BLOCK => characters(before),
            _ => lines
                .characters_before(bytes, end)
                .saturating_sub(lines.characters_before(bytes, start)),
        };
        Position {
            line: line as u32,
            column: column + 1,
        }
    }

    /// Column of a byte offset in UTF-16 code units, from 1: how editors and code scanning count.
    pub fn utf16_column(&self, offset: u32) -> u32 {
        let at = self.position(offset);
        let bytes = self.text.as_bytes();
        let counts = self.wide.get_or_init(|| {
            let mut before = 0;
            let counts = bytes.chunks(BLOCK).map(|block| {
                let here = before;
                before += wide(block);
                here
            });
            let counts: Vec<u32> = counts.collect();
            (before > 0).then_some(counts)
        });
        let Some(counts) = counts else {
            return at.column;
        };
        let before = |end: usize| {
            let block = end / BLOCK;
            let counted = counts.get(block).copied();
            let from = counted.map_or(0, |_| block * BLOCK);
            counted.unwrap_or(0) + bytes.get(from..end).map_or(0, wide)
        };
        let start = self.line_span(at.line).map_or(0, |line| line.start);
        let end = (offset as usize).min(bytes.len());
        at.column + before(end).saturating_sub(before(start as usize))
    }

    /// The span of a line (from 1), without its line break.
    pub fn line_span(&self, line: u32) -> Option<Span> {
        let lines = &self.lines().starts;
        let start = *lines.get((line as usize).checked_sub(1)?)?;
        let end = lines
            .get(line as usize)
            .map_or(self.text.len() as u32, |next| next - 1);
        Some(Span::new(start, end.max(start)))
    }
}

/// The text with asterisks in place of some parts; lines and offsets stay.
pub(crate) fn masked(text: &str, spans: &[Span]) -> String {
    let mut spans = spans.to_vec();
    spans.sort_unstable_by_key(|span| (span.start, span.end));
    // One span may lie in another.
    spans.dedup_by(|next, span| {
        let joins = next.start <= span.end;
        if joins {
            span.end = span.end.max(next.end);
        }
        joins
    });
    let mut spans = spans.iter().peekable();
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let at = at as u32;
        while spans.next_if(|span| span.end <= at).is_some() {}
        let inside = spans.peek().is_some_and(|span| span.start <= at);
        if inside && !matches!(c, '\n' | '\r') {
            out.extend(std::iter::repeat_n('*', c.len_utf8()));
        } else {
            out.push(c);
        }
    }
    out
}

/// What kind of text it is.
#[derive(Debug, Clone, Copy)]
struct Nature {
    is_private: bool,
    is_rendered: bool,
    is_file: bool,
}

impl Nature {
    /// A file that may be shown.
    const FILE: Self = Self {
        is_private: false,
        is_rendered: false,
        is_file: true,
    };
}

/// All texts of a scan. Adding needs no exclusive access, so that evaluation may read further files.
///
/// Ids depend on the order of adding; nothing that is printed may depend on them.
#[derive(Debug, Default)]
pub struct Sources {
    /// Each holds twice as many as the one before. What stands there never moves, so that all threads look it up without a
    /// lock: that is done for every line and every place that is printed.
    shelves: [OnceLock<Shelf>; SHELVES],
    count: Mutex<u32>,
}

/// A part of the texts.
type Shelf = Box<[OnceLock<Arc<Source>>]>;

/// Room for as many texts as there are ids.
const SHELVES: usize = 32;

/// The shelf of a text, and its position there.
fn seat(index: usize) -> (usize, usize) {
    let number = index + 1;
    let shelf = number.ilog2() as usize;
    (shelf, number - (1 << shelf))
}

impl Sources {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps a text under the path that people will see.
    pub fn add(&self, path: impl Into<String>, text: impl Into<Arc<str>>) -> SourceId {
        self.keep(path.into(), text.into(), Nature::FILE)
    }

    /// Keeps a text that is no file: what came through a pipe, or a value of the command line; `path` names it to people.
    pub fn add_given(
        &self,
        path: impl Into<String>,
        text: impl Into<Arc<str>>,
        is_private: bool,
    ) -> SourceId {
        let nature = Nature {
            is_private,
            is_file: false,
            ..Nature::FILE
        };
        self.keep(path.into(), text.into(), nature)
    }

    /// Keeps a text that is never shown, only read: of a plan or a state.
    pub fn add_private(&self, path: impl Into<String>, text: impl Into<Arc<str>>) -> SourceId {
        let nature = Nature {
            is_private: true,
            ..Nature::FILE
        };
        self.keep(path.into(), text.into(), nature)
    }

    /// Keeps a text that is no file: what a program made of a chart or kustomization. Its path says so to people.
    pub fn add_rendered(&self, path: impl Into<String>, text: impl Into<Arc<str>>) -> SourceId {
        let nature = Nature {
            is_rendered: true,
            is_file: false,
            ..Nature::FILE
        };
        self.keep(path.into(), text.into(), nature)
    }

    fn keep(&self, path: String, text: Arc<str>, nature: Nature) -> SourceId {
        let source = Arc::new(Source {
            path,
            text,
            lines: OnceLock::new(),
            is_private: nature.is_private,
            hidden: Mutex::default(),
            shown: OnceLock::new(),
            is_rendered: nature.is_rendered,
            is_file: nature.is_file,
            wide: OnceLock::new(),
        });
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let id = SourceId(*count);
        let (shelf, at) = seat(id.index());
        let shelf = self.shelves.get(shelf).map(|one| {
            let empty = || (0..1_usize << shelf).map(|_| OnceLock::new());
            one.get_or_init(|| empty().collect())
        });
        if let Some(slot) = shelf.and_then(|shelf| shelf.get(at)) {
            // Empty until now: each number is given once.
            let _ = slot.set(source);
        }
        *count += 1;
        id
    }

    /// The text behind an id.
    ///
    /// # Panics
    /// On an id of another set: a fault of the program, never of its input.
    pub fn at(&self, id: SourceId) -> &Source {
        self.shared(id)
    }

    /// The same, shared.
    ///
    /// # Panics
    /// On an id of another set: a fault of the program, never of its input.
    pub fn get(&self, id: SourceId) -> Arc<Source> {
        Arc::clone(self.shared(id))
    }

    #[allow(clippy::panic)]
    fn shared(&self, id: SourceId) -> &Arc<Source> {
        match self.find(id.index()) {
            Some(source) => source,
            None => panic!("no text {} in this set", id.index()),
        }
    }

    fn find(&self, index: usize) -> Option<&Arc<Source>> {
        let (shelf, at) = seat(index);
        self.shelves.get(shelf)?.get()?.get(at)?.get()
    }

    /// All texts, in the order of their ids.
    pub fn all(&self) -> Vec<Arc<Source>> {
        let all = (0..).map_while(|index| self.find(index));
        all.cloned().collect()
    }

    /// Where a place starts.
    pub fn start(&self, place: Place) -> Position {
        self.at(place.source).position(place.span.start)
    }

    /// Where a place ends (the position after its last character).
    pub fn end(&self, place: Place) -> Position {
        self.at(place.source).position(place.span.end)
    }

    /// The text at a place.
    pub fn text(&self, place: Place) -> String {
        place.span.of(self.at(place.source).text()).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_has_a_place_of_its_own() {
        let seats: Vec<_> = (0..8).map(seat).collect();
        let expected = [
            (0, 0),
            (1, 0),
            (1, 1),
            (2, 0),
            (2, 1),
            (2, 2),
            (2, 3),
            (3, 0),
        ];
        assert_eq!(seats, expected);
        let sources = Sources::new();
        let ids: Vec<_> = (0..1000)
            .map(|at| sources.add(format!("{at}"), ""))
            .collect();
        let all = sources.all();
        assert_eq!(all.len(), 1000);
        for (at, (id, source)) in ids.iter().zip(&all).enumerate() {
            assert_eq!(sources.at(*id).path(), at.to_string());
            assert_eq!(source.path(), at.to_string());
        }
    }

    #[test]
    fn positions_count_characters_from_one() {
        let sources = Sources::new();
        let id = sources.add("a.tf", "é = 1\nb = 2\n");
        let source = sources.get(id);
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        assert_eq!(source.position(2), Position { line: 1, column: 2 });
        assert_eq!(source.position(7), Position { line: 2, column: 1 });
        assert_eq!(source.position(999).line, 3);
        assert_eq!(source.line_span(2), Some(Span::new(7, 12)));
        assert_eq!(source.line_span(9), None);
    }

    #[test]
    fn columns_of_utf16_count_what_needs_two_units_twice() {
        let sources = Sources::new();
        let column = |text: &str, offset| {
            let source = sources.get(sources.add("a.tf", text));
            source.utf16_column(offset)
        };
        assert_eq!(column("é = x", 6), 6);
        assert_eq!(column("\u{1f3e5}\n\u{1f3e5}é = x", 5), 1);
        assert_eq!(column("\u{1f3e5}\n\u{1f3e5}é = x", 9), 3);
        assert_eq!(column("\u{1f3e5}\n\u{1f3e5}é = x", 11), 4);
        assert_eq!(column("\u{1f3e5}", u32::MAX), 3);
        // Beyond one block, and with characters across its border.
        let long = format!("x\n{}y", "\u{1f3e5}".repeat(1000));
        assert_eq!(column(&long, 4002), 2001);
        assert_eq!(column(&long, 4003), 2002);
    }

    #[test]
    fn what_is_hidden_is_not_shown_and_moves_nothing() {
        let sources = Sources::new();
        let source = sources.get(sources.add("a.yaml", "p: é\nq: |\n  x\n  y\nr: 1\n"));
        source.hide(&[Span::new(9, 18)]);
        source.hide(&[Span::new(3, 5), Span::new(10, 11)]);
        assert_eq!(source.shown_text(), "p: **\nq: *\n***\n***\nr: 1\n");
        assert_eq!(source.shown_text().len(), source.text().len());
        assert!(source.text().contains('é'));
    }

    #[test]
    fn columns_in_long_lines_are_those_of_short_ones() {
        let text = format!("{{}}\n{}\u{e9}x{}", "é".repeat(3000), "y".repeat(5000));
        let source = Sources::new();
        let source = source.get(source.add("plan.json", text.as_str()));
        for offset in [0, 2, 3, 1024, 1025, 2048, 6003, 6005, 6006, 8192, 11006] {
            let before = text
                .get(3..offset.max(3))
                .map(str::chars)
                .map(Iterator::count);
            let Some(before) = before.filter(|_| offset >= 3) else {
                continue;
            };
            let found = source.position(offset as u32);
            assert_eq!(
                (found.line, found.column),
                (2, before as u32 + 1),
                "{offset}"
            );
        }
        let end = source.position(u32::MAX);
        assert_eq!((end.line, end.column), (2, 3000 + 2 + 5000 + 1));
    }
}
