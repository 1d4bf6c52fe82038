//! Ignores in the JSON notation of Terraform, which has no comments: the key `"//"` of a block, a text or a list of texts.

use super::code::Region;
use super::parse::{self, Written};
use crate::source::{Source, SourceId, Span};
use crate::syntax::comment::is_marked;
use crate::syntax::json::{self, Document, NodeId, NodeKind};

/// What an ignore is named by.
pub(super) const KEY: &str = "//";

/// The ignores of a text in order, each with the block that it speaks of. Beside labels and at the top there is no block: such
/// a key would speak of all that is below it, and speaks of nothing.
pub(super) fn of_text(source: SourceId, text: &Source) -> Vec<(Written, Option<Region>)> {
    let (doc, _) = json::parse(source, text.shared_text());
    let mut finder = Finder {
        doc: &doc,
        found: Vec::new(),
    };
    if let Some(root) = doc.root() {
        let at = doc.node(root).span;
        finder.value(root, at, Depth::Top);
    }
    finder.found
}

struct Finder<'a> {
    doc: &'a Document,
    found: Vec<(Written, Option<Region>)>,
}

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// The file.
    Top,
    /// So many labels are still to come.
    Label(u8),
    /// A block, or a value in it.
    Body,
}

impl Depth {
    fn below(self, key: &str) -> Self {
        match (self, key) {
            (Self::Top, "resource" | "data" | "ephemeral") => Self::Label(2),
            (Self::Top, "module" | "provider" | "variable" | "output" | "check") => Self::Label(1),
            (Self::Top | Self::Body | Self::Label(0 | 1), _) => Self::Body,
            (Self::Label(more), _) => Self::Label(more - 1),
        }
    }
}

impl Finder<'_> {
    /// `at`: where the block starts that the value may be. Recursion is bounded by the nesting limit of the parser.
    fn value(&mut self, id: NodeId, at: Span, depth: Depth) {
        let doc = self.doc;
        let node = doc.node(id);
        match node.kind {
            NodeKind::Array(_) => {
                let elements = doc.elements(id);
                for element in elements {
                    let at = match elements.len() {
                        1 => at,
                        _ => doc.node(*element).span,
                    };
                    self.value(*element, at, depth);
                }
            }
            NodeKind::Object(_) => {
                for member in doc.members(id) {
                    let key = doc.key(member);
                    if key == KEY {
                        let span = at.to(node.span);
                        let region = (depth == Depth::Body).then_some(Region { span });
                        self.texts(member.value, region);
                    } else {
                        self.value(member.value, member.key, depth.below(&key));
                    }
                }
            }
            _ => {}
        }
    }

    fn texts(&mut self, id: NodeId, region: Option<Region>) {
        let doc = self.doc;
        for element in doc.elements(id) {
            self.text(*element, region);
        }
        self.text(id, region);
    }

    fn text(&mut self, id: NodeId, region: Option<Region>) {
        let Some(text) = self.doc.string(id).filter(|text| is_marked(text)) else {
            return;
        };
        let span = self.doc.node(id).span;
        let inner = Span::new(span.start + 1, span.end.saturating_sub(1));
        let is_plain = self.doc.text(inner) == text;
        let mut written = Vec::new();
        parse::comment(&text, inner.start, &mut written);
        let placed = written.into_iter().map(|one| match is_plain {
            true => one,
            // Written with escapes: the text as a whole is its place.
            false => one.shown_at(inner),
        });
        self.found.extend(placed.map(|one| (one, region)));
    }
}
