//! The grammar of JSON, by recursive descent: nesting is bounded, and so is the stack.

use super::document::{Member, Node, NodeId, NodeKind, Run};
use super::fault::{Fault, Unclosed, Wanted};
use super::strings::{escape, plain};
use crate::source::Span;
use crate::syntax::MAX_NESTING;

/// A member of an object that is about to be read.
pub struct Upcoming<'r, 't> {
    /// The keys of the objects around it from the outermost on, then its own; with their escapes.
    pub path: &'r [&'t str],
    earlier: &'r [Member],
    nodes: &'r [Node],
    text: &'t str,
}

impl<'t> Upcoming<'_, 't> {
    /// The text, quotes included, of an entry that stands before it in the same object.
    pub fn earlier(&self, name: &str) -> Option<&'t str> {
        let inner = |key: Span| Span::new(key.start + 1, key.end.saturating_sub(1));
        let mut found = self.earlier.iter();
        let member = found.find(|member| inner(member.key).of(self.text) == name)?;
        let node = self.nodes.get(member.value.0 as usize)?;
        Some(node.span.of(self.text))
    }
}

/// Says which members a reader has no use for.
pub type Unwanted<'f> = &'f dyn Fn(&Upcoming<'_, '_>) -> bool;

/// Whether values become nodes.
const KEPT: bool = true;
const PASSED: bool = false;

pub(super) struct Reader<'t, 'f> {
    unwanted: Option<Unwanted<'f>>,
    text: &'t str,
    /// Keys of the members around, when somebody asks for them.
    path: Vec<&'t str>,
    bytes: &'t [u8],
    pos: usize,
    depth: u32,
    pub(super) nodes: Vec<Node>,
    pub(super) members: Vec<Member>,
    pub(super) elements: Vec<NodeId>,
    /// Entries of the objects and arrays that are still open, innermost last.
    open_members: Vec<Member>,
    open_elements: Vec<NodeId>,
}

impl<'t, 'f> Reader<'t, 'f> {
    pub(super) fn of(text: &'t str, unwanted: Option<Unwanted<'f>>) -> Self {
        Self {
            unwanted,
            text,
            path: Vec::new(),
            bytes: text.as_bytes(),
            pos: 0,
            depth: 0,
            nodes: Vec::new(),
            members: Vec::new(),
            elements: Vec::new(),
            open_members: Vec::new(),
            open_elements: Vec::new(),
        }
    }

    pub(super) fn whole(&mut self) -> Result<NodeId, Fault> {
        if u32::try_from(self.bytes.len()).is_err() {
            return Err(Fault::TooLarge);
        }
        if self.bytes.starts_with("\u{FEFF}".as_bytes()) {
            self.pos = '\u{FEFF}'.len_utf8();
        }
        self.skip();
        let root = self.value()?;
        self.skip();
        if self.pos < self.bytes.len() {
            return Err(Fault::Expected(Wanted::End, self.pos));
        }
        Ok(root)
    }

    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.pos).copied()
    }

    fn skip(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte() {
            self.pos += 1;
        }
    }

    /// A value as a node.
    fn value(&mut self) -> Result<NodeId, Fault> {
        let start = self.pos;
        let kind = self.read::<KEPT>()?;
        Ok(self.add(start, kind))
    }

    /// A node that ends here.
    fn add(&mut self, start: usize, kind: NodeKind) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node {
            span: Span::new(start as u32, self.pos as u32),
            kind,
        });
        id
    }

    /// A value. What is not kept follows the same grammar, and leaves nothing behind.
    fn read<const KEEP: bool>(&mut self) -> Result<NodeKind, Fault> {
        match self.byte() {
            Some(b'{') => self.object::<KEEP>(),
            Some(b'[') => self.array::<KEEP>(),
            Some(b'"') => {
                self.quoted()?;
                Ok(NodeKind::String)
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", NodeKind::Bool(true)),
            Some(b'f') => self.word("false", NodeKind::Bool(false)),
            Some(b'n') => self.word("null", NodeKind::Null),
            _ => Err(Fault::Expected(Wanted::Value, self.pos)),
        }
    }

    fn word(&mut self, word: &'static str, kind: NodeKind) -> Result<NodeKind, Fault> {
        let rest = self.bytes.get(self.pos..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(Fault::Expected(Wanted::Value, self.pos));
        }
        self.pos += word.len();
        Ok(kind)
    }

    fn number(&mut self) -> Result<NodeKind, Fault> {
        let start = self.pos;
        self.pos += usize::from(self.byte() == Some(b'-'));
        let integer = self.pos;
        let zero_first = self.byte() == Some(b'0');
        let mut well_formed = self.digits() && !(zero_first && self.pos - integer > 1);
        if self.byte() == Some(b'.') {
            self.pos += 1;
            well_formed &= self.digits();
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.pos += 1;
            self.pos += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            well_formed &= self.digits();
        }
        if well_formed {
            Ok(NodeKind::Number)
        } else {
            Err(Fault::Number(start, self.pos))
        }
    }

    /// Takes digits; tells whether there was one.
    fn digits(&mut self) -> bool {
        let start = self.pos;
        while let Some(b'0'..=b'9') = self.byte() {
            self.pos += 1;
        }
        self.pos > start
    }

    fn quoted(&mut self) -> Result<Span, Fault> {
        let start = self.pos;
        self.pos += 1;
        loop {
            let rest = self.bytes.get(self.pos..).unwrap_or_default();
            self.pos += plain(rest);
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => {
                    let rest = self.bytes.get(self.pos..).unwrap_or_default();
                    self.pos += escape(rest).ok_or(Fault::BadEscape(self.pos))?.1;
                }
                Some(0..=0x1F) => return Err(Fault::Control(self.pos)),
                Some(_) => self.pos += 1,
                None => return Err(Fault::Unclosed(Unclosed::String, start)),
            }
        }
        self.pos += 1;
        Ok(Span::new(start as u32, self.pos as u32))
    }

    fn enter(&mut self) -> Result<usize, Fault> {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return Err(Fault::TooDeep(self.pos));
        }
        self.pos += 1;
        Ok(self.pos - 1)
    }

    fn array<const KEEP: bool>(&mut self) -> Result<NodeKind, Fault> {
        let start = self.enter()?;
        let begin = self.open_elements.len();
        self.skip();
        if self.byte() == Some(b']') {
            self.pos += 1;
        } else {
            loop {
                if KEEP {
                    let value = self.value()?;
                    self.open_elements.push(value);
                } else {
                    self.read::<PASSED>()?;
                }
                if self.ends(b']', Wanted::EndOfArray, Unclosed::Array, start)? {
                    break;
                }
            }
        }
        self.depth -= 1;
        if !KEEP {
            return Ok(NodeKind::Null);
        }
        let run = Run::moved(&mut self.open_elements, begin, &mut self.elements);
        Ok(NodeKind::Array(run))
    }

    fn object<const KEEP: bool>(&mut self) -> Result<NodeKind, Fault> {
        let start = self.enter()?;
        let begin = self.open_members.len();
        self.skip();
        if self.byte() == Some(b'}') {
            self.pos += 1;
        } else {
            loop {
                if self.byte() != Some(b'"') {
                    return Err(Fault::Expected(Wanted::Key, self.pos));
                }
                let key = self.quoted()?;
                self.skip();
                if self.byte() != Some(b':') {
                    return Err(Fault::Expected(Wanted::Member, self.pos));
                }
                self.pos += 1;
                self.skip();
                if KEEP {
                    let value = self.member(key, begin)?;
                    self.open_members.push(Member { key, value });
                } else {
                    self.read::<PASSED>()?;
                }
                if self.ends(b'}', Wanted::EndOfObject, Unclosed::Object, start)? {
                    break;
                }
            }
        }
        self.depth -= 1;
        if !KEEP {
            return Ok(NodeKind::Null);
        }
        let run = Run::moved(&mut self.open_members, begin, &mut self.members);
        Ok(NodeKind::Object(run))
    }

    /// The value of a member; `begin` is where the earlier ones of the same object start.
    fn member(&mut self, key: Span, begin: usize) -> Result<NodeId, Fault> {
        let Some(unwanted) = self.unwanted else {
            return self.value();
        };
        let name = Span::new(key.start + 1, key.end.saturating_sub(1));
        self.path.push(name.of(self.text));
        let upcoming = Upcoming {
            path: &self.path,
            earlier: self.open_members.get(begin..).unwrap_or_default(),
            nodes: &self.nodes,
            text: self.text,
        };
        let value = if unwanted(&upcoming) {
            let start = self.pos;
            self.read::<PASSED>()?;
            self.add(start, NodeKind::Null)
        } else {
            self.value()?
        };
        self.path.pop();
        Ok(value)
    }

    /// Takes the comma or the closing bracket after an entry; tells whether it was the bracket.
    fn ends(
        &mut self,
        closer: u8,
        expected: Wanted,
        what: Unclosed,
        start: usize,
    ) -> Result<bool, Fault> {
        self.skip();
        let ended = match self.byte() {
            Some(b',') => false,
            Some(byte) if byte == closer => true,
            Some(_) => return Err(Fault::Expected(expected, self.pos)),
            None => return Err(Fault::Unclosed(what, start)),
        };
        self.pos += 1;
        if !ended {
            self.skip();
        }
        Ok(ended)
    }
}
