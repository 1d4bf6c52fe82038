//! Where in a text an ignore goes: one insertion, and no other byte is touched.

use std::sync::Arc;

use crate::config::Date;
use crate::source::{Source, SourceId, Sources, Span};
use crate::syntax::json::{self, Document, NodeId, NodeKind};

/// The annotation that holds ignores in objects of Kubernetes.
const ANNOTATION: &str = "gardefou.eu/ignore";

/// What is to be said.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a> {
    /// Rule or family.
    pub(super) rule: &'a str,
    /// Why.
    pub(super) reason: &'a str,
    /// Last day.
    pub(super) until: Option<Date>,
}

impl Words<'_> {
    /// `[rule] reason until=2026-12-31`
    fn entry(&self) -> String {
        let until = self.until.map(|day| format!(" until={day}"));
        format!(
            "[{}] {}{}",
            self.rule,
            self.reason,
            until.unwrap_or_default()
        )
    }

    fn marker(&self) -> String {
        format!("gardefou: ignore{}", self.entry())
    }
}

/// One insertion into a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Insertion {
    /// Where.
    pub(super) at: usize,
    /// What.
    pub(super) text: String,
    /// It is lines of its own.
    pub(super) is_line: bool,
}

impl Insertion {
    /// The text with it.
    pub(super) fn into(&self, text: &str) -> Option<String> {
        let (before, after) = text.split_at_checked(self.at)?;
        Some([before, &self.text, after].concat())
    }
}

/// Why there is no place for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoPlace {
    /// The block has a `"//"` already, or the object the annotation.
    Taken,
    /// It is not found in the text.
    NotFound,
}

/// Into a text of Terraform or Kubernetes, for the block at a span.
pub(super) fn insertion(
    source: &Source,
    block: Span,
    is_object: bool,
    words: Words<'_>,
) -> Result<Insertion, NoPlace> {
    let text = source.text();
    let is_json = source.path().ends_with(".json") || text.trim_start().starts_with('{');
    if is_json && let Some(doc) = parsed(source) {
        return match is_object {
            true => annotation(&doc, block, words),
            false => key(&doc, block, words),
        };
    }
    Ok(comment(text, block, words))
}

fn parsed(source: &Source) -> Option<Document> {
    // The text is read again, for itself: a number that is not used says where from.
    let id: SourceId = Sources::new().add(source.path(), "");
    let (doc, _) = json::parse(id, Arc::clone(&source.shared_text()));
    doc.root().map(|_| doc)
}

/// A comment on a line of its own above the block, indented as that is.
fn comment(text: &str, block: Span, words: Words<'_>) -> Insertion {
    let before = text.get(..block.start as usize).unwrap_or_default();
    // A byte order mark stays the first thing there is.
    let first = text.len() - text.trim_start_matches('\u{feff}').len();
    let at = before.rfind('\n').map_or(first, |at| at + 1);
    let line = text.get(at..).unwrap_or_default();
    let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
    let indent = line.get(..indent).unwrap_or_default();
    let ending = ending(text, at);
    Insertion {
        at,
        text: format!("{indent}# {}{ending}", words.marker()),
        is_line: true,
    }
}

/// How lines end here: as the one above does, else as the first.
fn ending(text: &str, at: usize) -> &'static str {
    let above = text.get(..at).unwrap_or_default();
    let line = match above.ends_with('\n') {
        true => above,
        false => text.split_inclusive('\n').next().unwrap_or_default(),
    };
    if line.ends_with("\r\n") { "\r\n" } else { "\n" }
}

/// The key `"//"` of a block of Terraform.
fn key(doc: &Document, block: Span, words: Words<'_>) -> Result<Insertion, NoPlace> {
    let body = doc
        .root()
        .and_then(|root| body_at(doc, root, block))
        .ok_or(NoPlace::NotFound)?;
    if doc.get(body, "//").is_some() {
        return Err(NoPlace::Taken);
    }
    Ok(member(
        doc,
        body,
        &format!("\"//\": {}", quoted(&words.marker())),
    ))
}

/// The object that the block at a span has: the span starts at its last label. Recursion is bounded by the parser's limit.
fn body_at(doc: &Document, id: NodeId, block: Span) -> Option<NodeId> {
    for member in doc.members(id) {
        let value = doc.node(member.value).span;
        if member.key.start <= block.start && block.end <= value.end {
            return match member.key.start == block.start {
                true => object_that_ends(doc, member.value, block.end),
                false => body_at(doc, member.value, block),
            };
        }
    }
    let around = |id: &&NodeId| {
        let span = doc.node(**id).span;
        span.start <= block.start && block.end <= span.end
    };
    body_at(doc, *doc.elements(id).iter().find(around)?, block)
}

fn object_that_ends(doc: &Document, id: NodeId, end: u32) -> Option<NodeId> {
    if let NodeKind::Object(_) = doc.node(id).kind {
        return (doc.node(id).span.end == end).then_some(id);
    }
    let mut elements = doc.elements(id).iter();
    elements.find_map(|element| object_that_ends(doc, *element, end))
}

/// The annotation of an object of Kubernetes.
fn annotation(doc: &Document, block: Span, words: Words<'_>) -> Result<Insertion, NoPlace> {
    let root = doc.root().ok_or(NoPlace::NotFound)?;
    let object = object_at(doc, root, block).ok_or(NoPlace::NotFound)?;
    let entry = format!("\"{ANNOTATION}\": {}", quoted(&words.entry()));
    let is_object = |id: &NodeId| matches!(doc.node(*id).kind, NodeKind::Object(_));
    let Some(metadata) = doc.get(object, "metadata").filter(is_object) else {
        let text = format!("\"metadata\": {{\"annotations\": {{{entry}}}}}");
        return match doc.get(object, "metadata") {
            Some(_) => Err(NoPlace::NotFound),
            None => Ok(member(doc, object, &text)),
        };
    };
    match doc.get(metadata, "annotations") {
        None => Ok(member(
            doc,
            metadata,
            &format!("\"annotations\": {{{entry}}}"),
        )),
        Some(id) if !is_object(&id) => Err(NoPlace::NotFound),
        Some(id) if doc.get(id, ANNOTATION).is_some() => Err(NoPlace::Taken),
        Some(id) => Ok(member(doc, id, &entry)),
    }
}

fn object_at(doc: &Document, id: NodeId, span: Span) -> Option<NodeId> {
    let node = doc.node(id);
    if node.span == span && matches!(node.kind, NodeKind::Object(_)) {
        return Some(id);
    }
    let members = doc.members(id).iter().map(|member| member.value);
    let inner = members.chain(doc.elements(id).iter().copied());
    let mut around = inner.filter(|id| {
        let inner = doc.node(*id).span;
        inner.start <= span.start && span.end <= inner.end
    });
    object_at(doc, around.next()?, span)
}

/// A first member of an object, in the layout of those that are there.
fn member(doc: &Document, object: NodeId, text: &str) -> Insertion {
    let start = doc.node(object).span.start;
    let inside = start + 1;
    let Some(first) = doc.members(object).first() else {
        return Insertion {
            at: inside as usize,
            text: text.to_owned(),
            is_line: false,
        };
    };
    let space = doc.text(Span::new(inside, first.key.start));
    match space.contains('\n') {
        true => Insertion {
            at: inside as usize,
            text: format!("{space}{text},"),
            is_line: true,
        },
        false => Insertion {
            at: first.key.start as usize,
            text: format!("{text}, "),
            is_line: false,
        },
    }
}

/// As a text of JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
