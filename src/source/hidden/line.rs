//! One line of a text, and where in it values end.

use super::AHEAD;
use crate::source::Span;
use crate::source::names::says_secret;

/// A bracket that is open.
#[derive(Default)]
pub(super) struct Frame {
    pub(super) armed: bool,
    pub(super) value: Option<Span>,
}

/// One line, and how far it was read.
pub(super) struct Line<'t> {
    pub(super) from: usize,
    pub(super) text: &'t str,
    /// Where its content starts, behind the dashes of items.
    pub(super) column: usize,
    pub(super) quote: Option<u8>,
    pub(super) frames: Vec<Frame>,
    pub(super) in_template: bool,
    /// The mapping that opens next belongs to a name of a secret.
    pub(super) arm_next: bool,
    pub(super) remembered: usize,
}

impl Line<'_> {
    pub(super) fn rest(&self, at: usize) -> &str {
        self.text.get(at..).unwrap_or("")
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    pub(super) fn skip_blanks(&self, at: usize) -> usize {
        let rest = self.rest(at);
        at + rest.len() - rest.trim_start_matches([' ', '\t']).len()
    }
}

/// What follows a word.
pub(super) struct Sign {
    pub(super) is_colon: bool,
    /// Where the value may start.
    pub(super) end: usize,
    /// The word was closed by the quote that was open.
    pub(super) closes: bool,
}

/// Where a value without quotes ends.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Ends {
    Line,
    Word,
    Query,
}

pub(super) fn is_secret(word: &str, in_query: bool) -> bool {
    let signs = |word: &str| {
        let lower = word.to_ascii_lowercase();
        lower == "sig" || lower.ends_with("signature")
    };
    says_secret(word) || word.eq_ignore_ascii_case("authorization") || in_query && signs(word)
}

pub(super) fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

pub(super) fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'')
}

pub(super) fn is_blank(byte: Option<u8>) -> bool {
    byte.is_none_or(|byte| matches!(byte, b' ' | b'\t'))
}

/// The sign behind a word: `:`, `=`, `:=`, `=>`.
pub(super) fn sign(line: &Line<'_>, before: Option<u8>, end: usize) -> Option<Sign> {
    let mut at = end;
    let quote = before.filter(|byte| is_quote(*byte));
    if line.rest(at).starts_with("\\\"") {
        at += 2;
    } else if quote.is_some() && line.byte(at) == quote {
        at += 1;
    }
    let closes = at == end + 1 && line.quote == quote;
    at = line.skip_blanks(at);
    let is_colon = match line.byte(at)? {
        b'=' if line.byte(at + 1) != Some(b'=') => false,
        b':' if !line.rest(at).starts_with("://") => true,
        _ => return None,
    };
    let further = matches!(
        (is_colon, line.byte(at + 1)),
        (true, Some(b'=')) | (false, Some(b'>'))
    );
    Some(Sign {
        is_colon: is_colon && !further,
        end: at + 1 + usize::from(further),
        closes,
    })
}

/// `key: value`, or a key alone.
pub(super) fn is_mapping(content: &str) -> bool {
    let content = match content.starts_with(['"', '\'']) {
        true => content.get(quoted(content).0..).unwrap_or(""),
        false => content,
    };
    content.ends_with(':') || content.contains(": ") || content.starts_with('{')
}

/// Switches, and what is not set.
pub(super) fn is_nothing(rest: &str) -> bool {
    let word = rest.split([' ', ',', '}', ']', ')', '"', '\'']).next();
    matches!(word, Some("true" | "false" | "null" | "~"))
}

/// The length of a text in quotes, and whether it is closed.
pub(super) fn quoted(text: &str) -> (usize, bool) {
    let quote = text.bytes().next();
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quote == Some(b'"') => escaped = true,
            byte if Some(byte) == quote => return (at + 1, true),
            _ => {}
        }
    }
    (text.len(), false)
}

/// The length of a value without quotes, and whether it reaches the end of the line.
pub(super) fn plain(text: &str, own: Option<u8>, ends: Ends, flows: bool) -> (usize, bool) {
    let stops: &[u8] = match ends {
        Ends::Query => b" \t&#\"'<>`",
        Ends::Word => b" \t\"',",
        Ends::Line => b"",
    };
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        if let Some(length) = placeholder(text, at) {
            at += length;
            continue;
        }
        let is_over = match own {
            Some(own) => byte == own || byte == b'\\' && bytes.get(at + 1) == Some(&b'n'),
            None => flows && matches!(byte, b',' | b'}' | b']'),
        };
        if is_over || stops.contains(&byte) {
            return (at, false);
        }
        at += if byte == b'\\' { 2 } else { 1 };
    }
    (text.len(), ends == Ends::Line && !flows)
}

/// The length of `{{ ... }}`.
pub(super) fn placeholder(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let inner = rest.strip_prefix("{{")?;
    let inner = inner.get(..inner.floor_char_boundary(AHEAD))?;
    Some(inner.find("}}")? + 4)
}

/// Where an address, or a part of one, ends.
pub(super) fn end_of(text: &str, stops: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at).copied() {
        if let Some(length) = placeholder(text, at) {
            at += length;
            continue;
        }
        let is_over = matches!(
            byte,
            b' ' | b'\t' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\'
        );
        if is_over || stops.contains(&byte) {
            return at;
        }
        at += 1;
    }
    text.len()
}

/// `mysqldump -psecret`
pub(super) fn is_of_mysql(line: &Line<'_>, at: usize) -> bool {
    let start = line.text.floor_char_boundary(at.saturating_sub(AHEAD));
    let before = line.text.get(start..at).unwrap_or("");
    before.contains("mysql") || before.contains("mariadb")
}
