//! Plain, literal and quoted texts.

use std::borrow::Cow;

use granit_parser::ScalarStyle;

use super::{Reader, span};

impl Reader<'_, '_, '_> {
    /// Nothing that means something else at the start of a node.
    pub(super) fn may_start_plain(&self, first: u8) -> bool {
        match first {
            b'-' => !self.ends(self.at + 1) && self.byte(self.at + 1) != Some(b'\t'),
            b'?' | b':' | b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|'
            | b'>' | b'\'' | b'"' | b'%' | b'@' | b'`' => false,
            _ => true,
        }
    }

    /// The end of a plain scalar's text in this line, and whether a comment follows.
    pub(super) fn plain_line(&self, from: usize) -> Option<(usize, bool)> {
        let rest = self.bytes.get(from..)?;
        let mut before = b' ';
        let mut end = 0;
        for (length, byte) in rest.iter().copied().enumerate() {
            match byte {
                b' ' => {}
                b'\n' => return Some((from + end, false)),
                b'#' if before == b' ' => return Some((from + end, true)),
                b':' if matches!(rest.get(length + 1), None | Some(b' ' | b'\n')) => return None,
                b'\t' => return None,
                _ => end = length + 1,
            }
            before = byte;
        }
        Some((from + end, false))
    }

    pub(super) fn plain(&mut self, least: usize) -> Option<()> {
        let start = self.at;
        if !self.may_start_plain(self.peek()?) {
            return None;
        }
        let (mut end, mut has_comment) = self.plain_line(start)?;
        let mut text = Cow::Borrowed(self.text.get(start..end)?);
        self.at = end;
        self.line_end()?;
        while !has_comment {
            let Some((breaks, from)) = self.continuation(least)? else {
                break;
            };
            (end, has_comment) = self.plain_line(from)?;
            let whole = text.to_mut();
            match breaks {
                1 => whole.push(' '),
                several => whole.extend(std::iter::repeat_n('\n', several - 1)),
            }
            whole.push_str(self.text.get(from..end)?);
            self.at = end;
            self.line_end()?;
        }
        self.builder
            .scalar(text, ScalarStyle::Plain, 0, None, span(start, end));
        self.advance()
    }

    /// Where the plain scalar that ended in the line before goes on, and how many line ends lie between.
    pub(super) fn continuation(&self, least: usize) -> Option<Option<(usize, usize)>> {
        let mut breaks = 1;
        let mut start = self.at;
        loop {
            let mut at = start;
            while self.byte(at) == Some(b' ') {
                at += 1;
            }
            match self.byte(at) {
                Some(b'\n') => {
                    breaks += 1;
                    start = at + 1;
                }
                Some(b'\t') => return None,
                None | Some(b'#') => return Some(None),
                Some(_) if at - start < least => return Some(None),
                Some(_) if at == start => return None,
                Some(_) => return Some(Some((breaks, at))),
            }
        }
    }

    /// `|` and what it holds, up to the next content.
    pub(super) fn literal(&mut self, least: usize) -> Option<()> {
        self.at += 1;
        let keeps_break = self.peek() != Some(b'-');
        if !keeps_break {
            self.at += 1;
        }
        self.line_end()?;
        let first = self.at;
        self.skip_spaces();
        let indent = self.at - first;
        if indent < least || matches!(self.peek(), None | Some(b'\n' | b'\t')) {
            return None;
        }
        let start = self.at;
        let mut text = String::new();
        let mut at = first;
        // So much of the text is behind the last line that is not blank.
        let mut kept = 0;
        while at < self.bytes.len() {
            let line = self.bytes.get(at..)?;
            let length = memchr::memchr(b'\n', line)?;
            let line = line.get(..length)?;
            let blank = line.iter().take_while(|byte| **byte == b' ').count();
            if blank == length {
                if blank > indent {
                    return None;
                }
                text.push('\n');
            } else if blank < indent {
                if line.get(blank) == Some(&b'\t') {
                    return None;
                }
                break;
            } else {
                text.push_str(self.text.get(at + indent..at + length)?);
                kept = text.len();
                text.push('\n');
            }
            at += length + 1;
        }
        text.truncate(kept + usize::from(keeps_break));
        let place = span(start, at);
        self.builder
            .scalar(Cow::Owned(text), ScalarStyle::Literal, 0, None, place);
        self.at = at;
        self.advance()
    }

    /// Behind the closing quote of a text in one line.
    pub(super) fn quoted_end(&self, quote: u8) -> Option<usize> {
        let mut at = self.at + 1;
        loop {
            let rest = self.bytes.get(at..)?;
            let found = at + memchr::memchr3(quote, b'\\', b'\n', rest)?;
            match self.byte(found)? {
                b'\n' => return None,
                b'\\' if quote == b'"' => at = found + 2,
                b'\\' => at = found + 1,
                _ if quote == b'\'' && self.byte(found + 1) == Some(b'\'') => at = found + 2,
                _ => return Some(found + 1),
            }
        }
    }

    /// A text in quotes, up to behind the closing one.
    pub(super) fn quoted(&mut self) -> Option<()> {
        let start = self.at;
        let quote = self.peek()?;
        let end = self.quoted_end(quote)?;
        let inner = self.text.get(start + 1..end - 1)?;
        let place = span(start, end);
        let (text, style) = if quote == b'"' {
            let text = match memchr::memchr(b'\\', inner.as_bytes()) {
                Some(_) => Cow::Owned(unescaped(inner)?),
                None => Cow::Borrowed(inner),
            };
            (text, ScalarStyle::DoubleQuoted)
        } else {
            let text = match memchr::memchr(b'\'', inner.as_bytes()) {
                Some(_) => Cow::Owned(inner.replace("''", "'")),
                None => Cow::Borrowed(inner),
            };
            (text, ScalarStyle::SingleQuoted)
        };
        self.at = end;
        self.builder.scalar(text, style, 0, None, place);
        Some(())
    }
}

/// The escapes that JSON knows; None for others, and for half a character.
fn unescaped(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(found) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(rest.get(..found)?);
        let escape = *rest.as_bytes().get(found + 1)?;
        let mut used = found + 2;
        out.push(match escape {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{C}',
            b'u' => {
                used += 4;
                let unit = code_unit(rest.get(found + 2..used)?)?;
                if (0xD800..0xDC00).contains(&unit) {
                    let second = rest.get(used..used + 6)?.strip_prefix("\\u")?;
                    used += 6;
                    let pair = [unit, code_unit(second)?];
                    char::decode_utf16(pair).next()?.ok()?
                } else {
                    char::from_u32(u32::from(unit))?
                }
            }
            _ => return None,
        });
        rest = rest.get(used..)?;
    }
    out.push_str(rest);
    Some(out)
}

fn code_unit(digits: &str) -> Option<u16> {
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u16::from_str_radix(digits, 16).ok().filter(|_| is_hex)
}
