//! Characters to words: white space, comments, names, numbers.

use super::Comment;
use super::parser::{Parser, Parsing};
use crate::problem::ProblemCode;
use crate::text::{Text, text};

/// Whether a name may start with this character. HCL goes by `ID_Start`, which is `XID_Start` and these.
pub(super) fn starts_name(c: char) -> bool {
    c.is_ascii_alphabetic()
        || c == '_'
        || (!c.is_ascii()
            && (unicode_ident::is_xid_start(c)
                || is_compatibility_form(c)
                || matches!(c, '\u{E33}' | '\u{EB3}' | '\u{FF9E}' | '\u{FF9F}')))
}

/// Whether a name may go on with this character: `ID_Continue` and the hyphen. The joiners and middle dots that Unicode
/// added in version 15.1 are too new for HCL.
pub(super) fn continues_name(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    }
    let too_new = matches!(c, '\u{200C}' | '\u{200D}' | '\u{30FB}' | '\u{FF65}');
    starts_name(c) || is_compatibility_form(c) || (unicode_ident::is_xid_continue(c) && !too_new)
}

/// What `ID_Continue` has and `XID_Continue` has not.
fn is_compatibility_form(c: char) -> bool {
    matches!(
        c,
        '\u{37A}' | '\u{309B}' | '\u{309C}' | '\u{FC5E}'
            ..='\u{FC63}'
                | '\u{FDFA}'
                | '\u{FDFB}'
                | '\u{FE70}'
                | '\u{FE72}'
                | '\u{FE74}'
                | '\u{FE76}'
                | '\u{FE78}'
                | '\u{FE7A}'
                | '\u{FE7C}'
                | '\u{FE7E}'
    )
}

/// Bytes that go on a name, for the common case.
const NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        table[byte] = b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        byte += 1;
    }
    table
};

/// The text without white space and comments.
pub(super) fn without_trivia(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut kept = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if c == '#' || bytes[at..].starts_with(b"//") {
            at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
        } else if bytes[at..].starts_with(b"/*") {
            at += memchr::memmem::find(&bytes[at..], b"*/").map_or(bytes.len() - at, |end| end + 2);
        } else {
            if !c.is_whitespace() {
                kept.push(c);
            }
            at += c.len_utf8();
        }
    }
    kept
}

impl Parser<'_> {
    /// The byte at the position; zero at the end (see [`Parser::at_end`]).
    #[inline]
    pub(super) fn byte(&self) -> u8 {
        self.byte_at(self.pos)
    }

    #[inline]
    pub(super) fn byte_at(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    #[inline]
    pub(super) fn at_end(&self) -> bool {
        self.pos >= self.bytes.len()
    }

    pub(super) fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    /// Whether the text goes on with these bytes.
    #[inline]
    pub(super) fn sees(&self, expected: &[u8]) -> bool {
        self.bytes
            .get(self.pos..)
            .is_some_and(|rest| rest.starts_with(expected))
    }

    /// Takes `len` bytes as a token.
    #[inline]
    pub(super) fn take(&mut self, len: usize) {
        self.pos += len;
        self.end = self.pos;
    }

    /// Takes the byte if it is next.
    #[inline]
    pub(super) fn eat(&mut self, expected: u8) -> bool {
        let found = self.byte() == expected && !self.at_end();
        if found {
            self.take(1);
        }
        found
    }

    /// Skips white space and comments; line breaks too where they mean nothing.
    #[inline]
    pub(super) fn skip(&mut self) -> Parsing<()> {
        loop {
            match self.byte() {
                b' ' | b'\t' => self.pos += 1,
                b'\n' if self.multiline => self.pos += 1,
                b'\r' if self.multiline && self.byte_at(self.pos + 1) == b'\n' => self.pos += 2,
                b'#' => self.line_comment(),
                b'/' => match self.byte_at(self.pos + 1) {
                    b'/' => self.line_comment(),
                    b'*' => self.block_comment()?,
                    _ => return Ok(()),
                },
                _ => return Ok(()),
            }
        }
    }

    /// Skips white space, comments and line breaks.
    #[inline]
    pub(super) fn skip_lines(&mut self) -> Parsing<()> {
        let before = std::mem::replace(&mut self.multiline, true);
        let skipped = self.skip();
        self.multiline = before;
        skipped
    }

    /// Whether a line ends here.
    #[inline]
    pub(super) fn at_line_end(&self) -> bool {
        match self.byte() {
            b'\n' => true,
            b'\r' => self.byte_at(self.pos + 1) == b'\n',
            0 => self.at_end(),
            _ => false,
        }
    }

    fn line_comment(&mut self) {
        let rest = self.bytes.get(self.pos..).unwrap_or_default();
        let len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = rest.get(..len).unwrap_or_default();
        let shown = line.strip_suffix(b"\r").unwrap_or(line).len();
        self.comment(self.pos, self.pos + shown);
        self.pos += len;
    }

    fn block_comment(&mut self) -> Parsing<()> {
        let start = self.pos;
        let rest = self.bytes.get(start + 2..).unwrap_or_default();
        let Some(len) = memchr::memmem::find(rest, b"*/") else {
            self.pos = self.bytes.len();
            let problem = self
                .problem(
                    ProblemCode::Syntax,
                    start,
                    start + 2,
                    Text::new(
                        "this comment is not closed",
                        "ce commentaire n’est pas fermé",
                    ),
                )
                .help(Text::new("close it with `*/`", "fermez-le par `*/`"));
            return self.fail(problem);
        };
        self.pos = start + 2 + len + 2;
        self.comment(start, self.pos);
        Ok(())
    }

    fn comment(&mut self, start: usize, end: usize) {
        // The same text can be skipped twice when something is tried and given up.
        if self
            .comments
            .last()
            .is_none_or(|last| last.span.start < start as u32)
        {
            self.comments.push(Comment {
                span: Self::span(start, end),
            });
        }
    }

    /// Whether a name starts here.
    #[inline]
    pub(super) fn at_name(&self) -> bool {
        let byte = self.byte();
        if byte < 0x80 {
            return byte.is_ascii_alphabetic() || byte == b'_';
        }
        self.char_at(self.pos).is_some_and(starts_name)
    }

    /// Takes a name, whose start [`Parser::at_name`] has seen.
    #[inline]
    pub(super) fn name(&mut self) -> crate::source::Span {
        let start = self.pos;
        self.pos = self.name_end(start);
        self.end = self.pos;
        Self::span(start, self.pos)
    }

    /// Where the name that starts at `at` ends.
    #[inline]
    pub(super) fn name_end(&self, mut at: usize) -> usize {
        loop {
            while let Some(&byte) = self.bytes.get(at)
                && NAME[byte as usize]
            {
                at += 1;
            }
            if self.byte_at(at) < 0x80 {
                return at;
            }
            match self.char_at(at) {
                Some(c) if continues_name(c) => at += c.len_utf8(),
                _ => return at,
            }
        }
    }

    /// Whether exactly this word is next.
    #[inline]
    pub(super) fn at_word(&self, word: &[u8]) -> bool {
        self.sees(word) && self.name_end(self.pos) == self.pos + word.len()
    }

    /// Takes a number, whose first digit has been seen: digits, any fractions, an exponent.
    ///
    /// Terraform reads `1.2.3` as one number too, and then refuses it.
    pub(super) fn number(&mut self) -> crate::source::Span {
        let start = self.pos;
        let mut at = self.digits(start);
        let mut fractions = 0;
        while self.byte_at(at) == b'.' && self.byte_at(at + 1).is_ascii_digit() {
            at = self.digits(at + 1);
            fractions += 1;
        }
        let mut exponent = 0_u64;
        if matches!(self.byte_at(at), b'e' | b'E') {
            let signed = matches!(self.byte_at(at + 1), b'+' | b'-');
            let first = at + 1 + usize::from(signed);
            if self.byte_at(first).is_ascii_digit() {
                let end = self.digits(first);
                let digits = self.text.get(first..end).unwrap_or_default();
                exponent = digits.parse().unwrap_or(u64::MAX);
                at = end;
            }
        }
        self.pos = at;
        self.end = at;
        if fractions > 1 || exponent >= i32::MAX as u64 {
            let text = self.text.get(start..at).unwrap_or_default();
            let problem = self.problem(
                ProblemCode::Syntax,
                start,
                at,
                text!(
                    "`{}` is not a number",
                    "`{}` n’est pas un nombre",
                    super::errors::shorten(text)
                ),
            );
            let problem = if fractions > 1 {
                problem.help(Text::new(
                    "write an address or a version as a string, in double quotes",
                    "écrivez une adresse ou une version comme une chaîne, entre guillemets",
                ))
            } else {
                problem.help(Text::new(
                    "the exponent is too large",
                    "l’exposant est trop grand",
                ))
            };
            self.taint(problem);
        }
        Self::span(start, at)
    }

    fn digits(&self, mut at: usize) -> usize {
        while self.byte_at(at).is_ascii_digit() {
            at += 1;
        }
        at
    }
}
