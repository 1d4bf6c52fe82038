//! A rendered document beside its template: where each part of it is written, and what is behind it.

use hashbrown::HashMap;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::align::{Alignment, Edge};
use super::flow::{Flow, Node, Piece};
use super::settings::{Candidate, Settings};
use super::through;
use crate::source::{Place, SourceId, Span};
use crate::value::{Origin, Step, Via};

/// Lines of templates are looked at so far.
const MAX_LINE: usize = 4096;

/// One template with the values that it sees.
pub(super) struct Scene {
    pub(super) flow: Flow,
    settings: Settings,
    /// What holes may stand for.
    known: RefCell<HashMap<u32, Rc<Vec<Candidate>>>>,
}

impl Scene {
    pub(super) fn new(flow: Flow, settings: Settings) -> Self {
        Self {
            flow,
            settings,
            known: RefCell::default(),
        }
    }

    pub(super) fn candidates(&self, hole: u32) -> Rc<Vec<Candidate>> {
        if let Some(known) = self.known.borrow().get(&hole) {
            return Rc::clone(known);
        }
        let found = self.flow.holes.get(hole as usize);
        let found = found.map(|hole| self.settings.candidates(&hole.expression, &hole.scope));
        let found = Rc::new(found.unwrap_or_default());
        self.known.borrow_mut().insert(hole, Rc::clone(&found));
        found
    }
}

/// A rendered document with what is known of its way.
pub(super) struct Part<'a> {
    /// Where it stands in the rendered text.
    pub(super) span: Span,
    pub(super) text: &'a str,
    /// Path of its template as shown.
    pub(super) path: Arc<str>,
    pub(super) how: How,
}

pub(super) enum How {
    /// Printed as it is written in this file, from this byte on.
    Plain(SourceId, u32),
    /// Printed by a template.
    Printed(Aligned),
}

/// A document beside the template that printed it.
pub(super) struct Aligned {
    pub(super) scene: Rc<Scene>,
    pub(super) alignment: Alignment,
    /// For each line that goes on with a hole of the line before: where that began.
    pub(super) runs: Vec<Option<usize>>,
    pub(super) source: SourceId,
    pub(super) template: Arc<str>,
}

/// For each line whether it goes on with a hole of the line before, and where that began.
pub(super) fn runs(flow: &Flow, text: &str, alignment: &Alignment) -> Vec<Option<usize>> {
    let mut runs: Vec<Option<usize>> = Vec::new();
    let is_hole = |edge: &Edge| {
        let node = flow.node(edge.node);
        node.is_some_and(|node| matches!(node.piece, Piece::Hole { .. }))
    };
    for (line, length) in text.split('\n').map(str::len).enumerate() {
        let before = line.checked_sub(1);
        let run = before.and_then(|before| {
            let mut first = alignment.line(line).iter().filter(|edge| edge.from == 0);
            let first = first
                .next()
                .filter(|edge| is_hole(edge) && first.next().is_none())?;
            let end = alignment
                .starts
                .get(line)?
                .checked_sub(alignment.starts.get(before)? + 1)?;
            let mut last = alignment.line(before).iter().filter(|edge| edge.to == end);
            let last = last.next().filter(|_| last.next().is_none())?;
            let same = last.goes_on && last.node == first.node;
            same.then(|| match runs.get(before) {
                Some(Some(run)) if last.from == 0 => *run,
                _ => before,
            })
        });
        runs.push(run.filter(|_| length > 0));
    }
    runs
}

/// A hole on its way over several lines: the node, and the line where it began.
pub(super) type RunOf = (u32, usize);

/// A place in a template, as far as all ways agree.
enum Point {
    /// This byte; what printed it ends at the other.
    Exact(u32, u32),
    /// Somewhere on the line around this byte.
    Near(u32),
}

impl Part<'_> {
    /// Where something is written, the template's own text: the narrowest place that all ways agree on.
    pub(super) fn whole(&self, span: Span) -> Option<Place> {
        let from = span.start.checked_sub(self.span.start)?;
        let to = span.end.checked_sub(self.span.start)?;
        let (source, template) = match &self.how {
            How::Plain(source, at) => {
                return Some(Place::new(*source, Span::new(at + from, at + to)));
            }
            How::Printed(aligned) => (aligned.source, &aligned.template),
        };
        let start = self.point(from, false)?;
        let span = match start {
            Point::Near(at) => line_around(template, at)?,
            Point::Exact(start, piece_end) => match self.point(to, true) {
                Some(Point::Exact(end, _)) if end >= start => Span::new(start, end),
                _ => Span::new(start, piece_end),
            },
        };
        Some(Place::new(source, span))
    }

    pub(super) fn printed(&self) -> Option<&Aligned> {
        match &self.how {
            How::Printed(aligned) => Some(aligned),
            How::Plain(..) => None,
        }
    }

    fn point(&self, offset: u32, is_end: bool) -> Option<Point> {
        let Aligned {
            scene,
            alignment,
            template,
            ..
        } = self.printed()?;
        let mut agreed: Option<Point> = None;
        let inside = if is_end {
            offset.checked_sub(1)?
        } else {
            offset
        };
        let line = alignment.line_of(inside);
        let column = inside - alignment.starts.get(line)?;
        for edge in alignment.line(line) {
            if edge.from > column || edge.to <= column {
                continue;
            }
            let node = scene.flow.node(edge.node)?;
            let outer = scene.flow.outer(node)?.span;
            let (at, end) = if node.site == 0 && matches!(node.piece, Piece::Text) {
                let at = outer.start + (column - edge.from);
                (if is_end { at + 1 } else { at }, outer.end)
            } else if is_end {
                (outer.end, outer.end)
            } else {
                (outer.start, outer.end)
            };
            agreed = Some(match agreed {
                None => Point::Exact(at, end),
                Some(Point::Exact(other, one)) if (other, one) == (at, end) => {
                    Point::Exact(at, end)
                }
                Some(Point::Exact(other, _) | Point::Near(other)) => {
                    if !on_one_line(template, other, at) {
                        return None;
                    }
                    Point::Near(at)
                }
            });
        }
        agreed
    }

    /// The hole that a place is wholly from.
    pub(super) fn run(&self, span: Span) -> Option<RunOf> {
        let Aligned {
            scene,
            alignment,
            runs,
            ..
        } = self.printed()?;
        let start = span.start.checked_sub(self.span.start)?;
        let end = span.end.checked_sub(self.span.start + 1)?;
        let at = |offset: u32| {
            let line = alignment.line_of(offset);
            let column = offset - alignment.starts.get(line)?;
            let edges = alignment.line(line).iter();
            let mut over = edges.filter(|edge| edge.from <= column && column < edge.to);
            let edge = over.next().filter(|_| over.next().is_none())?;
            let run = runs.get(line).copied().flatten().filter(|_| edge.from == 0);
            Some((edge.node, run.unwrap_or(line)))
        };
        let run = at(start)?;
        let node = scene.flow.node(run.0)?;
        (matches!(node.piece, Piece::Hole { .. }) && at(end)? == run).then_some(run)
    }

    pub(super) fn candidates(&self, (node, _): RunOf) -> Option<Rc<Vec<Candidate>>> {
        let scene = &self.printed()?.scene;
        match scene.flow.node(node)?.piece {
            Piece::Hole { hole, .. } => Some(scene.candidates(hole)),
            _ => None,
        }
    }

    /// The pieces that printed a part of one line, when there is only one way.
    pub(super) fn pieces(&self, span: Span) -> Option<Vec<Printed<'_>>> {
        let Aligned {
            scene, alignment, ..
        } = self.printed()?;
        let start = span.start.checked_sub(self.span.start)?;
        let end = span.end.checked_sub(self.span.start)?;
        let line = alignment.line_of(start);
        let (base, line_end) = alignment.span(line)?;
        let (from, to) = (start - base, end - base);
        let text = self.text.get(base as usize..line_end as usize)?;
        let mut at = from;
        let mut out = Vec::new();
        for edge in alignment.line(line) {
            if edge.to <= from || edge.from >= to {
                continue;
            }
            if edge.from > at || (edge.from < at && at != from) {
                return None;
            }
            let node = scene.flow.node(edge.node)?;
            let mut span = node.span;
            if matches!(node.piece, Piece::Text) {
                span = Span::new(
                    node.span.start + from.saturating_sub(edge.from),
                    node.span.end - edge.to.saturating_sub(to),
                );
            }
            out.push(Printed {
                node,
                span,
                text: text.get(edge.from as usize..edge.to as usize)?,
            });
            at = edge.to;
        }
        (at >= to && to > from).then_some(out)
    }

    /// Where a line can be cut in several ways, what is known of values tells: a hole that may have printed just what was
    /// set did so.
    pub(super) fn likely(
        &self,
        span: Span,
        set: &dyn Fn(&Printed<'_>) -> Option<Arc<Via>>,
    ) -> Option<Arc<Via>> {
        let Aligned {
            scene, alignment, ..
        } = self.printed()?;
        let start = span.start.checked_sub(self.span.start)?;
        let line = alignment.line_of(start);
        let (base, line_end) = alignment.span(line)?;
        let to = (span.end - self.span.start).checked_sub(base)?;
        let text = self.text.get(base as usize..line_end as usize)?;
        let mut found: Vec<(u32, Arc<Via>)> = Vec::new();
        for edge in alignment.line(line) {
            let node = scene.flow.node(edge.node)?;
            if edge.from < start - base || edge.to > to || node.site != 0 {
                continue;
            }
            let text = text.get(edge.from as usize..edge.to as usize)?;
            let span = node.span;
            if let Some(via) = set(&Printed { node, span, text }) {
                found.push((edge.node, via));
            }
        }
        found.dedup();
        let places = found.into_iter().map(|(_, via)| via).collect();
        one_way(places)
    }

    /// What is behind the pieces of a value: named templates, and values that were set.
    pub(super) fn behind(
        &self,
        site: u32,
        pieces: &[Printed<'_>],
        set: &dyn Fn(&Printed<'_>) -> Option<Arc<Via>>,
    ) -> Option<Arc<Via>> {
        let scene = &self.printed()?.scene;
        let flow = &scene.flow;
        let mut found: Vec<Arc<Via>> = Vec::new();
        for group in pieces.chunk_by(|a, b| {
            let inner = child(flow, site, a.node);
            inner.is_some() && inner == child(flow, site, b.node)
        }) {
            let first = group.first()?;
            let Some(inner) = child(flow, site, first.node) else {
                found.extend(set(first));
                continue;
            };
            let below = flow.sites.get(inner as usize)?;
            let here = |piece: &Printed<'_>| match child(flow, inner, piece.node) {
                None => Some(piece.span),
                Some(deeper) => Some(flow.sites.get(deeper as usize)?.parent?.1),
            };
            let (start, end) = (here(first)?, here(group.last()?)?);
            let span = if end.end >= start.start {
                start.to(end)
            } else {
                start
            };
            let origin = Origin {
                place: Some(Place::new(below.source, span)),
                via: self.behind(inner, group, set),
            };
            let step = Step::Helper(Arc::clone(&below.name));
            found.push(through(step, vec![origin]));
        }
        one_way(found)
    }
}

/// Several ways as one.
fn one_way(mut found: Vec<Arc<Via>>) -> Option<Arc<Via>> {
    if found.len() > 1 {
        let parts = found.into_iter().map(|via| Origin {
            place: None,
            via: Some(via),
        });
        return Some(through(Step::Parts, parts.collect()));
    }
    found.pop()
}

/// A piece that printed a part of a line.
pub(super) struct Printed<'a> {
    pub(super) node: &'a Node,
    /// Where that part is written, in the source of its site.
    span: Span,
    pub(super) text: &'a str,
}

/// The site directly inside `site` that a node is in; none for a node of `site` itself.
fn child(flow: &Flow, site: u32, node: &Node) -> Option<u32> {
    let mut at = node.site;
    while at != site {
        let (parent, _) = flow.sites.get(at as usize)?.parent?;
        if parent == site {
            return Some(at);
        }
        at = parent;
    }
    None
}

/// The line around a byte, without the space around it; none for very long ones.
fn line_around(text: &str, at: u32) -> Option<Span> {
    let at = at as usize;
    let bytes = text.as_bytes();
    let least = at.saturating_sub(MAX_LINE);
    let before = memchr::memrchr(b'\n', bytes.get(least..at)?);
    let start = match before {
        Some(found) => least + found + 1,
        None if least == 0 => 0,
        None => return None,
    };
    let rest = bytes.get(at..)?;
    let rest = rest.get(..MAX_LINE).unwrap_or(rest);
    let end = match memchr::memchr(b'\n', rest) {
        Some(found) => at + found,
        None if at + rest.len() == bytes.len() => bytes.len(),
        None => return None,
    };
    let line = text.get(start..end)?;
    let start = start + line.len() - line.trim_start().len();
    Some(Span::new(start as u32, (start + line.trim().len()) as u32))
}

fn on_one_line(text: &str, a: u32, b: u32) -> bool {
    let between = text.as_bytes().get(a.min(b) as usize..a.max(b) as usize);
    between.is_some_and(|between| {
        between.len() <= MAX_LINE && memchr::memchr(b'\n', between).is_none()
    })
}
