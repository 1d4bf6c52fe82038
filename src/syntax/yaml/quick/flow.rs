//! Flow collections, of which all of JSON is made.

use std::borrow::Cow;

use granit_parser::ScalarStyle;

use super::{MAX_KEY, Reader, span};
use crate::syntax::yaml::MAX_VALUES;
use crate::syntax::yaml::build::Opening;

impl Reader<'_, '_, '_> {
    /// A flow collection, up to behind its closing bracket.
    pub(super) fn flow(&mut self) -> Option<()> {
        self.enter()?;
        let is_mapping = self.peek() == Some(b'{');
        let (opening, close) = if is_mapping {
            (Opening::Mapping, b'}')
        } else {
            (Opening::Sequence, b']')
        };
        self.builder
            .open(opening, false, 0, span(self.at, self.at + 1));
        self.at += 1;
        loop {
            self.flow_space()?;
            if self.peek() == Some(close) {
                break;
            }
            if is_mapping {
                self.flow_key()?;
            }
            match self.peek()? {
                b'{' | b'[' => self.flow()?,
                b'"' | b'\'' => self.quoted()?,
                _ => self.flow_plain()?,
            }
            self.flow_space()?;
            match self.peek()? {
                b',' => self.at += 1,
                byte if byte == close => break,
                _ => return None,
            }
        }
        self.builder.close(span(self.at, self.at + 1));
        self.at += 1;
        self.depth -= 1;
        (self.builder.values() <= MAX_VALUES).then_some(())
    }

    /// A key of a flow mapping, its colon, and the blanks behind it.
    pub(super) fn flow_key(&mut self) -> Option<()> {
        let start = self.at;
        let is_quoted = matches!(self.peek()?, b'"' | b'\'');
        if is_quoted {
            self.quoted()?;
        } else {
            self.flow_plain()?;
        }
        self.skip_spaces();
        if self.peek() != Some(b':') || self.at - start > MAX_KEY {
            return None;
        }
        self.at += 1;
        let is_apart = matches!(self.peek()?, b' ' | b'\n');
        if !is_apart && !is_quoted {
            return None;
        }
        self.flow_space()
    }

    /// Blanks and line ends between the tokens of a flow collection.
    pub(super) fn flow_space(&mut self) -> Option<()> {
        loop {
            match self.peek()? {
                b' ' => self.at += 1,
                b'\n' => {
                    self.at += 1;
                    // The indentation of JSON; elsewhere tabs have rules of their own.
                    while self.peek() == Some(b'\t') {
                        self.at += 1;
                    }
                    if self.bytes.get(self.at..)?.starts_with(b"...") {
                        return None;
                    }
                }
                b'\t' | b'#' => return None,
                _ => return Some(()),
            }
        }
    }

    pub(super) fn flow_plain(&mut self) -> Option<()> {
        let start = self.at;
        if !self.may_start_plain(self.peek()?) {
            return None;
        }
        let rest = self.bytes.get(start..)?;
        let mut before = b' ';
        let mut end = 0;
        for (length, byte) in rest.iter().copied().enumerate() {
            match byte {
                b' ' => {}
                b',' | b'[' | b']' | b'{' | b'}' | b'\n' => break,
                b':' if matches!(
                    rest.get(length + 1),
                    None | Some(b' ' | b'\n' | b'\t' | b',' | b'[' | b']' | b'{' | b'}')
                ) =>
                {
                    break;
                }
                b'#' if before == b' ' => return None,
                b'\t' => return None,
                _ => end = length + 1,
            }
            before = byte;
        }
        if end == 0 || (end == 1 && before == b'-') {
            return None;
        }
        let text = self.text.get(start..start + end)?;
        self.at = start + end;
        let place = span(start, self.at);
        self.builder
            .scalar(Cow::Borrowed(text), ScalarStyle::Plain, 0, None, place);
        Some(())
    }
}
