//! The parser's state. The grammar is in `body`, `expression` and `template`; words are in `lexer`.
//!
//! Byte-driven recursive descent without a separate token list. Every function leaves the position right after what it
//! took, or after white space that means nothing there; `end` is where the last token ended.

use super::ast::{
    Arenas, Body, Comment, Expr, ExprId, ExprKind, Id, Item, Label, List, Member, Node, Operand,
    Part, Step,
};
use super::template::Flat;
use crate::problem::{Problem, ProblemCode};
use crate::source::{SourceId, Span};
use crate::syntax::Origin;
use crate::text::Text;

/// A problem was reported; the enclosing item is given up.
#[derive(Debug)]
pub(super) struct Failed;

pub(super) type Parsing<T> = Result<T, Failed>;

pub(super) struct Parser<'t> {
    pub(super) source: SourceId,
    pub(super) origin: &'t Origin,
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) pos: usize,
    /// Where the last token ended.
    pub(super) end: usize,
    /// Line breaks are white space here.
    pub(super) multiline: bool,
    pub(super) depth: u32,
    /// The value being read holds a fault that did not stop the parser.
    pub(super) tainted: bool,
    /// There were too many problems.
    pub(super) stopped: bool,
    /// Take indentation as a sign of which block was left open.
    pub(super) by_layout: bool,
    /// The item being given up, as far as it could be read.
    pub(super) salvaged: Option<Item>,
    /// A block was still open at the end of the file.
    pub(super) left_open: bool,
    pub(super) comments: Vec<Comment>,
    pub(super) problems: Vec<Problem>,
    pub(super) arenas: Arenas,
    pub(super) stacks: Stacks,
}

/// Lists under construction; a finished list moves to its arena in one piece.
#[derive(Default)]
pub(super) struct Stacks {
    pub(super) items: Vec<Item>,
    pub(super) labels: Vec<Label>,
    pub(super) expr_ids: Vec<ExprId>,
    pub(super) steps: Vec<Step>,
    pub(super) operands: Vec<Operand>,
    pub(super) members: Vec<Member>,
    pub(super) parts: Vec<Part>,
    pub(super) flats: Vec<Flat>,
}

/// Nodes that come in lists, with the stack they wait on.
pub(super) trait Listed: Node {
    fn stack(stacks: &mut Stacks) -> &mut Vec<Self>;
}

macro_rules! listed {
    ($($node:ty => $stack:ident),* $(,)?) => {$(
        impl Listed for $node {
            #[inline]
            fn stack(stacks: &mut Stacks) -> &mut Vec<Self> {
                &mut stacks.$stack
            }
        }
    )*};
}

listed! {
    Item => items,
    Label => labels,
    ExprId => expr_ids,
    Step => steps,
    Operand => operands,
    Member => members,
    Part => parts,
}

/// What to go back to when an item is given up.
pub(super) struct Mark {
    depth: u32,
    items: usize,
}

impl<'t> Parser<'t> {
    pub(super) fn new(source: SourceId, text: &'t str, origin: &'t Origin) -> Self {
        // Measured on real code: an expression takes about 16 bytes of text, an item about 50.
        let mut arenas = Arenas::default();
        arenas.exprs.reserve(text.len() / 16 + 1);
        arenas.items.reserve(text.len() / 48 + 1);
        Self {
            source,
            origin,
            text,
            bytes: text.as_bytes(),
            pos: 0,
            end: 0,
            multiline: false,
            depth: 0,
            tainted: false,
            stopped: false,
            by_layout: false,
            salvaged: None,
            left_open: false,
            comments: Vec::new(),
            problems: Vec::new(),
            arenas,
            stacks: Stacks::default(),
        }
    }

    /// Whether offsets into the text fit in 32 bits; reports it when not.
    pub(super) fn fits(&mut self) -> bool {
        let fits = u32::try_from(self.bytes.len()).is_ok();
        if !fits {
            let problem = self.problem(
                ProblemCode::Limit,
                0,
                0,
                Text::new("larger than 4 GiB", "plus de 4 Gio"),
            );
            self.report(problem);
        }
        fits
    }

    /// What was read, with the problems in source order.
    pub(super) fn finish(mut self) -> (Vec<Comment>, Arenas, Vec<Problem>) {
        self.problems
            .sort_by_key(|problem| problem.place.map(|place| place.span.start));
        (self.comments, self.arenas, self.problems)
    }

    /// An empty body, for a text that holds none.
    pub(super) fn no_body(&mut self) -> Id<Body> {
        self.add(Body {
            items: List::EMPTY,
            span: Span::default(),
            broken: false,
        })
    }

    /// Keeps a node.
    #[inline]
    pub(super) fn add<T: Node>(&mut self, node: T) -> Id<T> {
        let arena = T::arena_mut(&mut self.arenas);
        let id = Id::new(arena.len() as u32);
        arena.push(node);
        id
    }

    #[inline]
    pub(super) fn add_expr(&mut self, start: usize, kind: ExprKind) -> ExprId {
        self.add(Expr {
            span: Self::span(start, self.end),
            kind,
        })
    }

    pub(super) fn expr_start(&self, id: ExprId) -> usize {
        self.arenas
            .exprs
            .get(id.index())
            .map_or(0, |expr| expr.span.start as usize)
    }

    /// How many of these wait on their stack: the start of a list.
    #[inline]
    pub(super) fn begin<T: Listed>(&mut self) -> usize {
        T::stack(&mut self.stacks).len()
    }

    #[inline]
    pub(super) fn push<T: Listed>(&mut self, node: T) {
        T::stack(&mut self.stacks).push(node);
    }

    /// Makes a list of all that waits on the stack since `begin`.
    #[inline]
    pub(super) fn seal<T: Listed>(&mut self, begin: usize) -> List<T> {
        let stack = T::stack(&mut self.stacks);
        let arena = T::arena_mut(&mut self.arenas);
        let start = arena.len() as u32;
        arena.extend_from_slice(stack.get(begin..).unwrap_or_default());
        stack.truncate(begin);
        List::new(start, arena.len() as u32 - start)
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            depth: self.depth,
            items: self.stacks.items.len(),
        }
    }

    /// Forgets what a given-up item left behind. Items stand on statement level: no other list is open there.
    pub(super) fn reset(&mut self, mark: &Mark) {
        self.depth = mark.depth;
        self.multiline = false;
        self.tainted = false;
        let stacks = &mut self.stacks;
        stacks.items.truncate(mark.items);
        stacks.labels.clear();
        stacks.expr_ids.clear();
        stacks.steps.clear();
        stacks.operands.clear();
        stacks.members.clear();
        stacks.parts.clear();
        stacks.flats.clear();
    }

    pub(super) fn slice(&self, span: Span) -> &'t str {
        span.of(self.text)
    }
}
