//! What a template can print, as a graph: pieces of text, holes that an expression fills, line ends, and forks where a
//! block is left out or printed again.
//!
//! Named templates are laid in where they are included, with the indentation that the pipeline gives them, so that their
//! lines have places too.

use hashbrown::HashMap;
use std::sync::Arc;

use super::expression::{Expression, Scope, Term};
use super::template::{Action, Block, Form, Item, assignment};
use crate::source::{Place, SourceId, Span};

/// Pieces of one template, with all that is included; more of it is not looked into.
const MAX_NODES: usize = 400_000;
/// Named templates that include each other.
const MAX_INCLUDES: usize = 8;

/// Index of a [`Node`].
pub(super) type Id = u32;

/// One piece of what is printed.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    /// This text, without a line end.
    Text,
    /// So many spaces.
    Pad(u32),
    /// Whatever an expression makes.
    Hole {
        /// Index into the holes of the flow.
        hole: u32,
        /// Its further lines start with so many spaces.
        pad: u32,
        /// It may have further lines.
        long: bool,
    },
    /// The end of a line.
    Line,
    /// `---`: another document begins.
    Cut,
    /// One of these comes next.
    Fork(Vec<Id>),
    /// The end of the template.
    End,
}

/// A piece, and what comes next.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) piece: Piece,
    pub(super) next: Id,
    /// Index into the sites of the flow.
    pub(super) site: u32,
    /// In the source of its site.
    pub(super) span: Span,
}

/// A text that pieces are from: the template itself, or one that is included.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) source: SourceId,
    pub(super) text: Arc<str>,
    /// What includes it: the site and the action there.
    pub(super) parent: Option<(u32, Span)>,
    /// Its name, when it has one.
    pub(super) name: Arc<str>,
}

/// An expression with what is known where it stands.
#[derive(Debug)]
pub(super) struct Hole {
    pub(super) expression: Expression,
    pub(super) scope: Scope,
}

/// What one template can print.
#[derive(Debug)]
pub(super) struct Flow {
    pub(super) nodes: Vec<Node>,
    pub(super) sites: Vec<Site>,
    pub(super) holes: Vec<Hole>,
    /// Where documents may begin.
    pub(super) starts: Vec<Id>,
    /// For each node whether nothing but white space need come before the document ends.
    pub(super) may_end: Vec<bool>,
}

/// The named templates of a chart; those with one name and several meanings are left out.
pub(super) type Defines<'a> = HashMap<&'a str, Option<(SourceId, Arc<str>, &'a [Item])>>;

impl Flow {
    /// None when the template takes more than `room` nodes, or very many.
    pub(super) fn new(
        source: SourceId,
        text: &Arc<str>,
        items: &[Item],
        defines: &Defines<'_>,
        room: usize,
    ) -> Option<Self> {
        let end = Node {
            piece: Piece::End,
            next: 0,
            site: 0,
            span: Span::default(),
        };
        let mut builder = Builder {
            flow: Self {
                nodes: vec![end],
                sites: vec![Site {
                    source,
                    text: Arc::clone(text),
                    parent: None,
                    name: "".into(),
                }],
                holes: Vec::new(),
                starts: Vec::new(),
                may_end: Vec::new(),
            },
            defines,
            room: room.min(MAX_NODES),
        };
        let around = Around {
            site: 0,
            pad: 0,
            depth: 0,
            jumps: None,
        };
        let entry = builder.items(items, &Scope::of(Term::Top), &around, 0);
        if builder.is_full() {
            return None;
        }
        let mut flow = builder.flow;
        let mut starts = vec![entry];
        let cuts = flow.nodes.iter();
        starts.extend(
            cuts.filter(|n| matches!(n.piece, Piece::Cut))
                .map(|n| n.next),
        );
        flow.starts = flow.behind_space(starts);
        flow.may_end = flow.endings();
        Some(flow)
    }

    /// The text of a piece.
    pub(super) fn text(&self, node: &Node) -> &str {
        let site = self.sites.get(node.site as usize);
        site.map_or("", |site| node.span.of(&site.text))
    }

    pub(super) fn node(&self, id: Id) -> Option<&Node> {
        self.nodes.get(id as usize)
    }

    /// Where a node is written, seen from the template itself: what is included stands where it is included.
    pub(super) fn outer(&self, node: &Node) -> Option<Place> {
        let (mut site, mut span) = (self.sites.get(node.site as usize)?, node.span);
        while let Some((parent, action)) = site.parent {
            site = self.sites.get(parent as usize)?;
            span = action;
        }
        Some(Place::new(site.source, span))
    }

    fn is_space(&self, node: &Node) -> bool {
        match &node.piece {
            Piece::Text => self.text(node).trim().is_empty(),
            Piece::Pad(_) | Piece::Line | Piece::Hole { .. } | Piece::Fork(_) => true,
            Piece::Cut | Piece::End => false,
        }
    }

    /// The nodes, and those behind them when all between is white space, which is trimmed from documents.
    fn behind_space(&self, starts: Vec<Id>) -> Vec<Id> {
        let mut seen = vec![false; self.nodes.len()];
        let mut open = starts;
        let mut out = Vec::new();
        while let Some(id) = open.pop() {
            let Some(slot) = seen.get_mut(id as usize).filter(|slot| !**slot) else {
                continue;
            };
            *slot = true;
            let Some(node) = self.node(id) else { continue };
            match &node.piece {
                Piece::Fork(ways) => open.extend(ways),
                Piece::Text | Piece::Hole { .. } => out.push(id),
                Piece::Cut | Piece::End | Piece::Pad(_) | Piece::Line => {}
            }
            if self.is_space(node) && !matches!(node.piece, Piece::Fork(_)) {
                open.push(node.next);
            }
        }
        out.sort_unstable();
        out
    }

    fn endings(&self) -> Vec<bool> {
        let mut before: Vec<Vec<Id>> = vec![Vec::new(); self.nodes.len()];
        let mut open = Vec::new();
        let mut out = vec![false; self.nodes.len()];
        for (at, node) in self.nodes.iter().enumerate() {
            let mut link = |to: Id| {
                if let Some(slot) = before.get_mut(to as usize) {
                    slot.push(at as Id);
                }
            };
            match &node.piece {
                Piece::Cut | Piece::End => open.push(at as Id),
                Piece::Fork(ways) => ways.iter().copied().for_each(link),
                _ if self.is_space(node) => link(node.next),
                _ => {}
            }
        }
        while let Some(id) = open.pop() {
            let Some(slot) = out.get_mut(id as usize).filter(|slot| !**slot) else {
                continue;
            };
            *slot = true;
            open.extend(before.get(id as usize).into_iter().flatten());
        }
        out
    }
}

/// Where items stand.
#[derive(Clone)]
struct Around {
    site: u32,
    /// Every line starts with so many spaces.
    pad: u32,
    /// Inclusions around.
    depth: usize,
    /// Where `continue` and `break` lead.
    jumps: Option<(Id, Id)>,
}

struct Builder<'a> {
    flow: Flow,
    defines: &'a Defines<'a>,
    room: usize,
}

impl Builder<'_> {
    fn node(&mut self, piece: Piece, next: Id, site: u32, span: Span) -> Id {
        self.flow.nodes.push(Node {
            piece,
            next,
            site,
            span,
        });
        self.flow.nodes.len() as Id - 1
    }

    fn fork(&mut self, ways: Vec<Id>, site: u32) -> Id {
        self.node(Piece::Fork(ways), 0, site, Span::default())
    }

    fn is_full(&self) -> bool {
        self.flow.nodes.len() > self.room
    }

    /// The way through items, built from its end. Recursion is bounded by the template parser and by [`MAX_INCLUDES`].
    fn items(&mut self, items: &[Item], scope: &Scope, around: &Around, next: Id) -> Id {
        // Variables hold for what follows.
        let mut scopes = Vec::with_capacity(items.len());
        let mut scope = scope.clone();
        for item in items {
            if let Item::Assign(names, code) = item
                && let [name] = names.as_slice()
            {
                let expression = self.expression(*code, around.site);
                scope = scope.with(name.clone(), scope.term(&expression));
            }
            scopes.push(scope.clone());
        }
        let mut next = next;
        for (item, scope) in items.iter().zip(&scopes).rev() {
            if self.is_full() {
                return next;
            }
            next = match item {
                Item::Text(span) => self.lines(*span, around, next),
                Item::Print(action) => self.print(action, scope, around, next),
                Item::Assign(..) => next,
                Item::Block(block) => self.block(block, scope, around, next),
                Item::Continue => around.jumps.map_or(next, |(again, _)| again),
                Item::Break => around.jumps.map_or(next, |(_, after)| after),
            };
        }
        next
    }

    fn expression(&self, code: Span, site: u32) -> Expression {
        let site = self.flow.sites.get(site as usize);
        Expression::parse(site.map_or("", |site| code.of(&site.text)))
    }

    fn code(&self, code: Span, site: u32) -> String {
        let site = self.flow.sites.get(site as usize);
        site.map_or("", |site| code.of(&site.text)).to_owned()
    }

    fn block(&mut self, block: &Block, scope: &Scope, around: &Around, next: Id) -> Id {
        let mut ways = vec![self.items(&block.otherwise, scope, around, next)];
        if block.form == Form::Range {
            let Some((code, items)) = block.arms.first() else {
                return next;
            };
            // The loop leads to itself: its head is there before its body.
            let head = self.fork(Vec::new(), around.site);
            let code = self.code(*code, around.site);
            let (names, over) = assignment(&code).unwrap_or((Vec::new(), &code));
            let over = scope.term(&Expression::parse(over));
            let inner = Around {
                jumps: Some((head, next)),
                ..around.clone()
            };
            let body = self.items(items, &scope.looped(&names, over), &inner, head);
            if let Some(node) = self.flow.nodes.get_mut(head as usize) {
                node.piece = Piece::Fork(vec![body, next]);
            }
            ways.push(body);
        } else {
            for (code, items) in &block.arms {
                let code = self.code(*code, around.site);
                let (names, of) = assignment(&code).unwrap_or((Vec::new(), &code));
                let term = scope.term(&Expression::parse(of));
                let mut inner = match block.form {
                    Form::With => scope.inside(term.clone()),
                    _ => scope.clone(),
                };
                if let [name] = names.as_slice() {
                    inner = inner.with(name.clone(), term);
                }
                ways.push(self.items(items, &inner, around, next));
            }
        }
        self.fork(ways, around.site)
    }

    /// Text, line by line; white space around a line is a piece of its own, since it may be trimmed.
    fn lines(&mut self, span: Span, around: &Around, next: Id) -> Id {
        let Some(site) = self.flow.sites.get(around.site as usize) else {
            return next;
        };
        let text = Arc::clone(&site.text);
        let whole = span.of(&text);
        let mut next = next;
        let mut end = whole.len();
        loop {
            let start = whole
                .get(..end)
                .and_then(|w| w.rfind('\n'))
                .map(|at| at + 1);
            let from = start.unwrap_or(0);
            let line = whole.get(from..end).unwrap_or("");
            let at = span.start + from as u32;
            next = self.line(
                line,
                at,
                start.is_some() || span.start == 0,
                around.site,
                next,
            );
            let Some(start) = start.filter(|_| !self.is_full()) else {
                return next;
            };
            if around.pad > 0 {
                next = self.node(Piece::Pad(around.pad), next, around.site, Span::new(at, at));
            }
            end = start - 1;
            let mark = Span::new(span.start + end as u32, at);
            next = self.node(Piece::Line, next, around.site, mark);
        }
    }

    fn line(&mut self, line: &str, at: u32, leads: bool, site: u32, next: Id) -> Id {
        let rest = line
            .strip_prefix("---")
            .filter(|rest| !rest.starts_with('-'));
        if let Some(rest) = rest.filter(|rest| leads || rest.trim().is_empty()) {
            let inner = self.line(rest, at + 3, false, site, next);
            return self.node(Piece::Cut, inner, site, Span::new(at, at + 3));
        }
        let lead = line.len() - line.trim_start().len();
        let solid = line.trim().len();
        let mut next = next;
        for (from, to) in [(lead + solid, line.len()), (lead, lead + solid), (0, lead)] {
            if to > from {
                let span = Span::new(at + from as u32, at + to as u32);
                next = self.node(Piece::Text, next, site, span);
            }
        }
        next
    }

    fn print(&mut self, action: &Action, scope: &Scope, around: &Around, next: Id) -> Id {
        let code = self.code(action.code, around.site);
        // `template "name" .` and `block "name" .` are words of the language; they read like calls.
        let expression = Expression::parse(&code);
        let (inner, indent) = indented(&expression);
        let pad = around.pad + indent.map_or(0, |(width, _)| width);
        let included = self.included(inner, action, scope, pad, around, next);
        let content = included.unwrap_or_else(|| {
            let long = indent.is_some() || action.leads || inner.calls(&makes_lines);
            self.flow.holes.push(Hole {
                expression: inner.clone(),
                scope: scope.clone(),
            });
            let piece = Piece::Hole {
                hole: self.flow.holes.len() as u32 - 1,
                pad,
                long,
            };
            self.node(piece, next, around.site, action.span)
        });
        let Some((width, on_new_line)) = indent else {
            return content;
        };
        let width = if on_new_line { pad } else { width };
        let padded = if width > 0 {
            self.node(Piece::Pad(width), content, around.site, action.span)
        } else {
            content
        };
        if on_new_line {
            self.node(Piece::Line, padded, around.site, action.span)
        } else {
            padded
        }
    }

    /// The way through a named template, when it is one that is known.
    fn included(
        &mut self,
        expression: &Expression,
        action: &Action,
        scope: &Scope,
        pad: u32,
        around: &Around,
        next: Id,
    ) -> Option<Id> {
        let Expression::Call(word, arguments) = expression else {
            return None;
        };
        if !matches!(word.as_str(), "include" | "template" | "block") {
            return None;
        }
        let Some(Expression::Text(name)) = arguments.first() else {
            return None;
        };
        if around.depth >= MAX_INCLUDES || self.is_full() {
            return None;
        }
        let (source, text, items) = self.defines.get(name.as_str())?.clone()?;
        let dot = arguments
            .get(1)
            .map_or(Term::Unknown, |dot| scope.term(dot));
        let site = self.flow.sites.len() as u32;
        self.flow.sites.push(Site {
            source,
            text,
            parent: Some((around.site, action.span)),
            name: name.as_str().into(),
        });
        let inner = Around {
            site,
            pad,
            depth: around.depth + 1,
            jumps: None,
        };
        Some(self.items(items, &Scope::of(dot), &inner, next))
    }
}

/// Functions whose result has several lines.
fn makes_lines(name: &str) -> bool {
    matches!(
        name,
        "toYaml"
            | "toYamlPretty"
            | "toPrettyJson"
            | "toToml"
            | "include"
            | "template"
            | "block"
            | "tpl"
            | "indent"
            | "nindent"
            | "b64dec"
            | "join"
            | "wrap"
            | "cat"
    ) || name.starts_with("Files")
        || name.contains(".Files")
}

/// What `indent` and `nindent` at the end of a pipeline are given, how far, and whether on a new line.
fn indented(expression: &Expression) -> (&Expression, Option<(u32, bool)>) {
    if let Expression::Call(name, arguments) = expression
        && matches!(name.as_str(), "indent" | "nindent")
        && let [Expression::Other(width), inner] = arguments.as_slice()
        && let Ok(width) = width.parse::<u32>()
        && width <= 1024
    {
        return (inner, Some((width, name == "nindent")));
    }
    (expression, None)
}
