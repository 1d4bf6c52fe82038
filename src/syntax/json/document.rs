//! The tree of a JSON text: values, and the members and elements that they hold.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use super::strings::escape;
use crate::source::{Place, SourceId, Span};
use crate::syntax::Origin;

/// Names one value of a [`Document`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

/// A run of members or elements of a [`Document`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    start: u32,
    len: u32,
}

/// A value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Where it stands, quotes and brackets included.
    pub span: Span,
    /// What it is.
    pub kind: NodeKind,
}

/// The forms of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number; its text is at the span of the node.
    Number,
    /// A string; [`Document::string`] gives its text.
    String,
    /// `[ ... ]`; see [`Document::elements`].
    Array(Run),
    /// `{ ... }`; see [`Document::members`].
    Object(Run),
}

/// One entry of an object. A key may come twice; what that means is for the reader to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// The key with its quotes.
    pub key: Span,
    /// The value.
    pub value: NodeId,
}

/// A JSON text and its tree.
#[derive(Debug, Clone)]
pub struct Document {
    pub(super) source: SourceId,
    pub(super) text: Arc<str>,
    pub(super) nodes: Vec<Node>,
    pub(super) members: Vec<Member>,
    pub(super) elements: Vec<NodeId>,
    pub(super) root: Option<NodeId>,
}

impl Document {
    /// How many values there are, at all levels.
    pub fn count(&self) -> usize {
        self.nodes.len()
    }

    /// The outermost value; none when the text is no JSON.
    pub fn root(&self) -> Option<NodeId> {
        self.root
    }

    /// The value behind an id.
    ///
    /// # Panics
    /// On an id of another document: a fault of the program, never of its input.
    pub fn node(&self, id: NodeId) -> Node {
        self.nodes[id.0 as usize]
    }

    /// The entries of an object in source order; none for other values.
    pub fn members(&self, id: NodeId) -> &[Member] {
        match self.node(id).kind {
            NodeKind::Object(run) => &self.members[run.range()],
            _ => &[],
        }
    }

    /// The elements of an array; none for other values.
    pub fn elements(&self, id: NodeId) -> &[NodeId] {
        match self.node(id).kind {
            NodeKind::Array(run) => &self.elements[run.range()],
            _ => &[],
        }
    }

    /// Keys that their object has more than once, in the order of objects; at most so many.
    pub fn repeated_keys(&self, most: usize) -> Vec<Span> {
        let mut found = Vec::new();
        for node in &self.nodes {
            let NodeKind::Object(run) = node.kind else {
                continue;
            };
            let members = &self.members[run.range()];
            if found.len() < most && members.len() > 1 {
                self.repeated_among(members, &mut found);
            }
        }
        found.truncate(most);
        found
    }

    fn repeated_among(&self, members: &[Member], found: &mut Vec<Span>) {
        // Written in order, as Terraform does: one look at each.
        let raw = |member: &Member| self.text(member.key);
        let in_order = members
            .iter()
            .zip(members.iter().skip(1))
            .all(|(a, b)| raw(a) < raw(b));
        let is_plain = |member: &Member| memchr::memchr(b'\\', raw(member).as_bytes()).is_none();
        if in_order && members.iter().all(is_plain) {
            return;
        }
        let mut names: Vec<(Cow<'_, str>, Span)> = members
            .iter()
            .map(|member| (self.key(member), member.key))
            .collect();
        names.sort_unstable();
        let pairs = names.iter().zip(names.iter().skip(1));
        found.extend(
            pairs
                .filter(|(a, b)| a.0 == b.0)
                .map(|(_, (_, again))| *again),
        );
    }

    /// The first entry of that name in an object.
    pub fn get(&self, id: NodeId, name: &str) -> Option<NodeId> {
        self.members(id)
            .iter()
            .find(|member| self.is_key(member, name))
            .map(|member| member.value)
    }

    /// True when that is the text of a key. Most are told apart by their lengths: an escape is longer than what it stands for.
    pub fn is_key(&self, member: &Member, name: &str) -> bool {
        let raw = self.raw_key(member);
        match raw.len().cmp(&name.len()) {
            Ordering::Less => false,
            Ordering::Equal => raw == name && !raw.contains('\\'),
            Ordering::Greater => raw.contains('\\') && self.key(member) == name,
        }
    }

    fn raw_key(&self, member: &Member) -> &str {
        self.text(Span::new(
            member.key.start + 1,
            member.key.end.saturating_sub(1),
        ))
    }

    /// The text of a key.
    pub fn key(&self, member: &Member) -> Cow<'_, str> {
        let raw = self.raw_key(member);
        if memchr::memchr(b'\\', raw.as_bytes()).is_none() {
            return Cow::Borrowed(raw);
        }
        self.unquoted(member.key).0
    }

    /// The text of a string value; none for other values.
    pub fn string(&self, id: NodeId) -> Option<Cow<'_, str>> {
        Some(self.string_with_origin(id)?.0)
    }

    /// The text of a string value, and where its characters stand in the source, for a parser that reads on in it.
    pub fn string_with_origin(&self, id: NodeId) -> Option<(Cow<'_, str>, Origin)> {
        let node = self.node(id);
        matches!(node.kind, NodeKind::String).then(|| self.unquoted(node.span))
    }

    /// The text of a quoted string at a span (a key, or a string value), and where its characters stand.
    pub fn unquoted(&self, span: Span) -> (Cow<'_, str>, Origin) {
        let inner = Span::new(span.start + 1, span.end.saturating_sub(1));
        let raw = inner.of(&self.text);
        let mut origin = Origin::at(inner.start);
        let Some(mut at) = memchr::memchr(b'\\', raw.as_bytes()) else {
            return (Cow::Borrowed(raw), origin);
        };
        let mut text = String::with_capacity(raw.len());
        let mut done = 0;
        // Only whole sequences are here: the parser has looked at each.
        while let Some((c, used)) = raw.as_bytes().get(at..).and_then(escape) {
            text.push_str(raw.get(done..at).unwrap_or_default());
            origin.push(text.len() as u32, inner.start + at as u32);
            text.push(c);
            done = at + used;
            origin.push(text.len() as u32, inner.start + done as u32);
            let rest = raw.as_bytes().get(done..).unwrap_or_default();
            match memchr::memchr(b'\\', rest) {
                Some(next) => at = done + next,
                None => break,
            }
        }
        text.push_str(raw.get(done..).unwrap_or_default());
        (Cow::Owned(text), origin)
    }

    /// The text at a span.
    pub fn text(&self, span: Span) -> &str {
        span.of(&self.text)
    }

    /// Where a span is.
    pub fn place(&self, span: Span) -> Place {
        Place::new(self.source, span)
    }
}

impl Run {
    /// Moves what is open since `begin` to where finished runs are kept.
    pub(super) fn moved<T: Copy>(open: &mut Vec<T>, begin: usize, kept: &mut Vec<T>) -> Self {
        let start = kept.len() as u32;
        kept.extend(open.drain(begin..));
        Self {
            start,
            len: kept.len() as u32 - start,
        }
    }

    fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.start as usize + self.len as usize
    }
}
