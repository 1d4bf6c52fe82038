//! JSON text to tree, with the span of every key and value. For Terraform's JSON syntax, tfvars, plans and states.

mod document;
mod fault;
mod reader;
mod strings;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use document::{Document, Member, Node, NodeId, NodeKind, Run};
pub use reader::{Unwanted, Upcoming};

use reader::Reader;

use crate::problem::Problem;
use crate::source::SourceId;

/// Reads a JSON text. On an error there is no root, and exactly one problem.
pub fn parse(source: SourceId, text: Arc<str>) -> (Document, Vec<Problem>) {
    parse_without(source, text, None)
}

/// Reads a JSON text as [`parse`] does, but for the values of unwanted members: these read as null and take no memory. A fault in
/// them is one of the text.
pub fn parse_without(
    source: SourceId,
    text: Arc<str>,
    unwanted: Option<Unwanted<'_>>,
) -> (Document, Vec<Problem>) {
    let mut reader = Reader::of(&text, unwanted);
    let (root, problems) = match reader.whole() {
        Ok(root) => (Some(root), Vec::new()),
        Err(fault) => (None, vec![fault.problem(source, &text)]),
    };
    let (nodes, members, elements) = (reader.nodes, reader.members, reader.elements);
    let document = Document {
        source,
        text,
        nodes,
        members,
        elements,
        root,
    };
    (document, problems)
}
