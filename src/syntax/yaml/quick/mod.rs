//! The YAML that manifests are mostly written in, read line by line; everything else is left to the parser.
//!
//! Block mappings and sequences, flow collections, plain, quoted and literal scalars, comments: that is nearly all there
//! is in manifests, and it can be read several times as fast as YAML as a whole. Whatever is not plainly of this kind
//! (anchors, tags, directives, tabs, odd line ends, every fault) is declined, and the document is read again by the
//! parser, which alone says what YAML is. A document that is read here gives the same values at the same places: tests
//! and fuzzing hold the two against each other.

mod flow;
mod scalars;

use std::borrow::Cow;
use std::ops::Range;

use granit_parser::ScalarStyle;

use super::MAX_VALUES;
use super::build::{Builder, Opening};
use crate::source::Span;

/// Deeper documents are declined: what is read here is read by recursion.
const MAX_DEPTH: usize = 64;
/// A key and its colon stand on one line, so close together.
const MAX_KEY: usize = 1000;

/// Reads one document (or several in JSON, one after the other) of a text that [`is_simple`] into the builder. Returns
/// where the first one starts that is declined; the builder knows nothing of it.
pub(super) fn read(builder: &mut Builder<'_>, range: Range<usize>) -> Result<(), usize> {
    let text = builder.text;
    let mut reader = Reader {
        text,
        bytes: text.as_bytes().get(..range.end).unwrap_or_default(),
        at: range.start,
        column: None,
        depth: 0,
        builder,
    };
    let mut start = range.start;
    let mut mark = reader.builder.mark();
    let mut more = reader.head();
    loop {
        more = more.and_then(|()| reader.document());
        match more {
            None => {
                reader.builder.back_to(&mark);
                return Err(start);
            }
            Some(()) if reader.column.is_none() => return Ok(()),
            // Kubernetes reads JSON objects one after the other.
            Some(()) => {
                start = reader.at;
                mark = reader.builder.mark();
            }
        }
    }
}

/// Printable, with line feeds alone as line ends.
pub(super) fn is_simple(text: &str) -> bool {
    // Without a way out in the middle of a part, several bytes are looked at in one step.
    let is_odd = |byte: &u8| (*byte < b' ' && *byte != b'\n' && *byte != b'\t') || *byte >= 0x7F;
    let mut parts = text.as_bytes().chunks(64);
    if parts.all(|part| !part.iter().fold(false, |odd, byte| odd | is_odd(byte))) {
        return true;
    }
    text.chars().all(|c| {
        matches!(
            c,
            '\n' | '\t' | ' '..='~' | '\u{A0}'..='\u{2027}' | '\u{202A}'..='\u{FEFE}'
                | '\u{FF00}'..='\u{FFFD}' | '\u{10000}'..
        )
    })
}

struct Reader<'t, 'b, 'p> {
    text: &'t str,
    /// Up to the end of the document.
    bytes: &'t [u8],
    at: usize,
    /// Where the content at `at` begins in its line; none at the end.
    column: Option<usize>,
    depth: usize,
    builder: &'b mut Builder<'p>,
}

impl<'t> Reader<'t, '_, '_> {
    /// Up to the content of the first document.
    fn head(&mut self) -> Option<()> {
        if self.bytes.get(self.at..)?.starts_with(b"---") {
            self.at += 3;
            self.line_end()?;
        }
        self.advance()
    }

    /// A document from its content on, up to that of the next one.
    fn document(&mut self) -> Option<()> {
        let is_json = self.column == Some(0) && self.peek() == Some(b'{');
        self.builder.start_document(span(self.at, self.at));
        if let Some(column) = self.column {
            self.node(column, 0)?;
        }
        self.builder.end_document();
        let follows_json = is_json && self.column == Some(0) && self.peek() == Some(b'{');
        (self.column.is_none() || follows_json).then_some(())
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// True for a blank or the end of the line or of the text.
    fn ends(&self, at: usize) -> bool {
        matches!(self.byte(at), None | Some(b' ' | b'\n'))
    }

    fn skip_spaces(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    /// From the start of a line to the next content, over blank lines and comments.
    fn advance(&mut self) -> Option<()> {
        loop {
            let start = self.at;
            self.skip_spaces();
            match self.peek() {
                None => {
                    self.column = None;
                    return Some(());
                }
                Some(b'\n') => self.at += 1,
                Some(b'#') => self.comment(),
                Some(b'\t') => return None,
                Some(_) => {
                    let column = self.at - start;
                    if column == 0 && self.bytes.get(start..)?.starts_with(b"...") {
                        return None;
                    }
                    self.column = Some(column);
                    return Some(());
                }
            }
        }
    }

    /// From `#` to the start of the next line.
    fn comment(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest);
        let end = self.at + length.unwrap_or(rest.len());
        self.builder.comment(span(self.at, end));
        self.at = end + usize::from(length.is_some());
    }

    /// What may follow a value on its line: nothing but a comment.
    fn line_end(&mut self) -> Option<()> {
        let before = self.at;
        self.skip_spaces();
        match self.peek() {
            None => Some(()),
            Some(b'\n') => {
                self.at += 1;
                Some(())
            }
            Some(b'#') if self.at > before => {
                self.comment();
                Some(())
            }
            Some(_) => None,
        }
    }

    fn enter(&mut self) -> Option<()> {
        self.depth += 1;
        (self.depth <= MAX_DEPTH && self.builder.values() <= MAX_VALUES).then_some(())
    }

    /// A node whose first byte stands at `at`, `column` in its line. What belongs to it stands at `least` or further in.
    fn node(&mut self, column: usize, least: usize) -> Option<()> {
        if self.peek() == Some(b'-') && self.ends(self.at + 1) {
            return self.sequence(column);
        }
        if self.is_key()? {
            return self.mapping(column);
        }
        self.scalar_or_flow(least)
    }

    fn mapping(&mut self, column: usize) -> Option<()> {
        self.enter()?;
        self.builder
            .open(Opening::Mapping, true, 0, span(self.at, self.at));
        loop {
            self.key()?;
            self.value(column)?;
            match self.column {
                Some(next) if next == column => {}
                Some(next) if next > column => return None,
                _ => break,
            }
        }
        self.builder.close(span(self.at, self.at));
        self.depth -= 1;
        Some(())
    }

    fn sequence(&mut self, column: usize) -> Option<()> {
        self.enter()?;
        self.builder
            .open(Opening::Sequence, true, 0, span(self.at, self.at));
        loop {
            self.item(column)?;
            match self.column {
                Some(next) if next == column => {
                    // A sequence that is not indented ends at the next key of the mapping around it.
                    if !(self.peek() == Some(b'-') && self.ends(self.at + 1)) {
                        break;
                    }
                }
                Some(next) if next > column => return None,
                _ => break,
            }
        }
        self.builder.close(span(self.at, self.at));
        self.depth -= 1;
        Some(())
    }

    /// From a dash to the next content behind the element.
    fn item(&mut self, column: usize) -> Option<()> {
        let dash = self.at;
        self.at += 1;
        self.skip_spaces();
        let behind = self.at;
        match self.peek() {
            None | Some(b'\n' | b'#') => {
                self.line_end()?;
                self.advance()?;
                match self.column {
                    Some(inner) if inner > column => self.node(inner, column + 1),
                    _ => self.absent(behind),
                }
            }
            Some(b'|') => self.literal(column + 1),
            Some(_) => self.node(column + (self.at - dash), column + 1),
        }
    }

    /// From behind the colon to the next content behind the value.
    fn value(&mut self, column: usize) -> Option<()> {
        self.skip_spaces();
        match self.peek() {
            None | Some(b'\n' | b'#') => {
                self.line_end()?;
                self.advance()?;
                match self.column {
                    Some(inner) if inner > column => self.node(inner, column + 1),
                    Some(inner)
                        if inner == column
                            && self.peek() == Some(b'-')
                            && self.ends(self.at + 1) =>
                    {
                        self.sequence(column)
                    }
                    _ => self.absent(self.at),
                }
            }
            Some(b'|') => self.literal(column + 1),
            Some(_) => self.scalar_or_flow(column + 1),
        }
    }

    /// A value that is not written.
    fn absent(&mut self, at: usize) -> Option<()> {
        let nothing = Cow::Borrowed("");
        self.builder
            .scalar(nothing, ScalarStyle::Plain, 0, None, span(at, at));
        Some(())
    }

    fn scalar_or_flow(&mut self, least: usize) -> Option<()> {
        match self.peek()? {
            b'"' | b'\'' => {
                self.quoted()?;
                self.line_end()?;
                self.advance()
            }
            b'{' | b'[' => {
                self.flow()?;
                self.line_end()?;
                self.advance()
            }
            _ => self.plain(least),
        }
    }

    /// Does a key with its colon stand here?
    fn is_key(&self) -> Option<bool> {
        let end = match self.peek()? {
            quote @ (b'"' | b'\'') => self.quoted_end(quote)?,
            b'{' | b'[' => return Some(false),
            first => {
                if !self.may_start_plain(first) {
                    return None;
                }
                return self.plain_key_end().map(|end| end.is_some());
            }
        };
        let mut at = end;
        while self.byte(at) == Some(b' ') {
            at += 1;
        }
        Some(self.byte(at) == Some(b':') && self.ends(at + 1))
    }

    /// The colon of a plain key.
    fn plain_key_end(&self) -> Option<Option<usize>> {
        let rest = self.bytes.get(self.at..)?;
        let mut before = b' ';
        for (length, byte) in rest.iter().copied().enumerate() {
            match byte {
                b':' if matches!(rest.get(length + 1), None | Some(b' ' | b'\n')) => {
                    return (length <= MAX_KEY).then_some(Some(self.at + length));
                }
                b'\n' => return Some(None),
                b'#' if before == b' ' => return Some(None),
                b'\t' => return None,
                _ => {}
            }
            before = byte;
        }
        Some(None)
    }

    /// A key up to behind its colon.
    fn key(&mut self) -> Option<()> {
        let start = self.at;
        match self.peek()? {
            quote @ (b'"' | b'\'') => {
                let end = self.quoted_end(quote)?;
                if end - start > MAX_KEY {
                    return None;
                }
                self.quoted()?;
                self.skip_spaces();
                if self.peek() != Some(b':') || !self.ends(self.at + 1) {
                    return None;
                }
                self.at += 1;
            }
            first => {
                if !self.may_start_plain(first) {
                    return None;
                }
                let colon = self.plain_key_end()??;
                let text = self.text.get(start..colon)?.trim_end_matches(' ');
                if text.is_empty() {
                    return None;
                }
                let place = span(start, start + text.len());
                self.builder
                    .scalar(Cow::Borrowed(text), ScalarStyle::Plain, 0, None, place);
                self.at = colon + 1;
            }
        }
        Some(())
    }
}

/// Texts are below 4 GiB here.
fn span(start: usize, end: usize) -> Span {
    Span::new(start as u32, end as u32)
}
