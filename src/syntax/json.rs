//! JSON text to tree, with the span of every key and value. For Terraform's JSON syntax, tfvars, plans and states.

use std::borrow::Cow;
use std::sync::Arc;

use crate::problem::Problem;
use crate::source::{Place, SourceId, Span};
use crate::syntax::Origin;

/// Names one value of a [`Document`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

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
    source: SourceId,
    text: Arc<str>,
    nodes: Vec<Node>,
    members: Vec<Member>,
    elements: Vec<NodeId>,
    root: Option<NodeId>,
}

/// Reads a JSON text. On an error there is no root, and exactly one problem.
pub fn parse(source: SourceId, text: Arc<str>) -> (Document, Vec<Problem>) {
    let document = Document {
        source,
        text,
        nodes: Vec::new(),
        members: Vec::new(),
        elements: Vec::new(),
        root: None,
    };
    (document, Vec::new())
}

impl Document {
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

    /// The first entry of that name in an object.
    pub fn get(&self, id: NodeId, name: &str) -> Option<NodeId> {
        self.members(id)
            .iter()
            .find(|member| self.unquoted(member.key).0 == name)
            .map(|member| member.value)
    }

    /// The text of a key.
    pub fn key(&self, member: &Member) -> Cow<'_, str> {
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
        (Cow::Borrowed(inner.of(&self.text)), Origin::at(inner.start))
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
    fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.start as usize + self.len as usize
    }
}
