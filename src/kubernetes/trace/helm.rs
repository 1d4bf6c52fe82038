//! What `helm template` printed: each document back to its template, each value back to where it was set.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::align::{Alignment, Edge, align};
use super::charts::{Charts, Found};
use super::flow::{Flow, Node, Piece};
use super::settings::{Candidate, Settings, only, same};
use super::{Made, moved, through};
use crate::kubernetes::Manifest;
use crate::kubernetes::objects::File;
use crate::problem::Problem;
use crate::source::{Place, SourceId, Sources, Span};
use crate::syntax::yaml::Keys;
use crate::value::{Data, Entries, Origin, Step, Value, Via};

/// So many steps of alignment are taken at least ...
const MIN_STEPS: u64 = 500_000;
/// ... and so many for each byte that was rendered.
const STEPS_PER_BYTE: u64 = 4;
/// ... but never more than these.
const MAX_STEPS: u64 = 20_000_000;
/// Pieces of all templates of a chart.
const MAX_PIECES: usize = 2_000_000;
/// Lines of templates are looked at so far.
const MAX_LINE: usize = 4096;

/// Rewrites the places of what was read from the output of `helm template` to those of templates and values.
pub(crate) fn chart(file: &mut File, made: &Made<'_>, sources: &Sources) {
    let text = sources.get(made.rendered).shared_text();
    let charts = Charts::read(made, sources);
    let parts = trace(&text, &charts, sources);
    let at = |place: Place| {
        let is_rendered = place.source == made.rendered;
        is_rendered.then(|| part_at(&parts, place.span.start))?
    };
    for manifest in &mut file.all {
        if let Some(part) = at(manifest.block) {
            let mut walk = Walk {
                part,
                rendered: made.rendered,
                old: manifest.keys.clone(),
                keys: Vec::new(),
                hull: None,
            };
            walk.manifest(manifest);
        }
    }
    let place = |place: Place| at(place)?.whole(place.span);
    for comment in &mut file.comments {
        *comment = place(*comment).unwrap_or(*comment);
    }
    // A comment in a loop is rendered often, and written once.
    let mut seen = HashSet::new();
    file.comments.retain(|comment| seen.insert(*comment));
    for problem in &mut file.problems {
        move_problem(problem, &place);
    }
}

fn move_problem(problem: &mut Problem, place: &dyn Fn(Place) -> Option<Place>) {
    let moved = |old: Place| place(old).unwrap_or(old);
    problem.place = problem.place.map(moved);
    for (related, _) in &mut problem.related {
        *related = moved(*related);
    }
}

/// One template with the values that it sees.
struct Scene {
    flow: Flow,
    settings: Settings,
    /// What holes may stand for.
    known: RefCell<HashMap<u32, Rc<Vec<Candidate>>>>,
}

impl Scene {
    fn candidates(&self, hole: u32) -> Rc<Vec<Candidate>> {
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
struct Part<'a> {
    /// Where it stands in the rendered text.
    span: Span,
    text: &'a str,
    /// Path of its template as shown.
    path: Arc<str>,
    how: How,
}

enum How {
    /// Printed as it is written in this file, from this byte on.
    Plain(SourceId, u32),
    /// Printed by a template.
    Printed {
        scene: Rc<Scene>,
        alignment: Alignment,
        /// For each line that goes on with a hole of the line before: where that began.
        runs: Vec<Option<usize>>,
        source: SourceId,
        template: Arc<str>,
    },
}

fn trace<'a>(text: &'a str, charts: &Charts<'_>, sources: &Sources) -> Vec<Part<'a>> {
    let defines = charts.defines();
    let mut budget = MAX_STEPS.min(MIN_STEPS + text.len() as u64 * STEPS_PER_BYTE);
    let mut room = MAX_PIECES;
    let mut scenes: HashMap<(SourceId, Vec<String>), Option<Rc<Scene>>> = HashMap::new();
    let mut scene = |found: &Found| {
        let (text, template) = charts.template(found.source)?;
        let flow = Flow::new(found.source, text, &template.items, &defines, room)?;
        room = room.saturating_sub(flow.nodes.len());
        Some(Rc::new(Scene {
            flow,
            settings: charts.settings(found),
            known: RefCell::default(),
        }))
    };
    let mut parts = Vec::new();
    for (named, span) in documents(text) {
        let Some(found) = charts.find(named) else {
            continue;
        };
        let text = span.of(text);
        let how = if found.is_plain {
            let written = sources.get(found.source).shared_text();
            let lead = written.len() - written.trim_start().len();
            (written.trim() == text).then_some(How::Plain(found.source, lead as u32))
        } else {
            let key = (found.source, found.keys.clone());
            let scene = scenes.entry(key).or_insert_with(|| scene(&found)).clone();
            scene.and_then(|scene| {
                let alignment = align(&scene.flow, text, &mut budget)?;
                let runs = runs(&scene.flow, text, &alignment);
                Some(How::Printed {
                    scene,
                    alignment,
                    runs,
                    source: found.source,
                    template: sources.get(found.source).shared_text(),
                })
            })
        };
        parts.extend(how.map(|how| Part {
            span,
            text,
            path: found.path.as_str().into(),
            how,
        }));
    }
    parts
}

/// The documents that name their template, in order.
fn documents(text: &str) -> Vec<(&str, Span)> {
    let mut found: Vec<(&str, usize, usize)> = Vec::new();
    let mut at = 0;
    let mut mark = Some(0);
    for line in text.split_inclusive('\n') {
        let next = at + line.len();
        if let (Some(from), Some(named)) = (mark, line.strip_prefix("# Source: ")) {
            if let Some((_, _, end)) = found.last_mut() {
                *end = from;
            }
            found.push((named.trim_end(), next, text.len()));
        }
        mark = (line.trim_end() == "---").then_some(at);
        at = next;
    }
    let spans = found.into_iter().map(|(named, from, to)| {
        let whole = text.get(from..to).unwrap_or("");
        let from = to - whole.trim_start().len();
        (
            named,
            Span::new(from as u32, (from + whole.trim().len()) as u32),
        )
    });
    spans.collect()
}

/// The document around an offset.
fn part_at<'a, 'b>(parts: &'b [Part<'a>], offset: u32) -> Option<&'b Part<'a>> {
    let at = parts.partition_point(|part| part.span.start <= offset);
    let part = parts.get(at.checked_sub(1)?)?;
    (offset < part.span.end).then_some(part)
}

fn runs(flow: &Flow, text: &str, alignment: &Alignment) -> Vec<Option<usize>> {
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
type RunOf = (u32, usize);

/// A place in a template, as far as all ways agree.
enum Point {
    /// This byte; what printed it ends at the other.
    Exact(u32, u32),
    /// Somewhere on the line around this byte.
    Near(u32),
}

impl Part<'_> {
    /// Where something is written, the template's own text: the narrowest place that all ways agree on.
    fn whole(&self, span: Span) -> Option<Place> {
        let from = span.start.checked_sub(self.span.start)?;
        let to = span.end.checked_sub(self.span.start)?;
        let (source, template) = match &self.how {
            How::Plain(source, at) => {
                return Some(Place::new(*source, Span::new(at + from, at + to)));
            }
            How::Printed {
                source, template, ..
            } => (*source, template),
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

    fn printed(&self) -> Option<(&Rc<Scene>, &Alignment, &[Option<usize>])> {
        match &self.how {
            How::Printed {
                scene,
                alignment,
                runs,
                ..
            } => Some((scene, alignment, runs)),
            How::Plain(..) => None,
        }
    }

    fn point(&self, offset: u32, is_end: bool) -> Option<Point> {
        let (scene, alignment, _) = self.printed()?;
        let How::Printed { template, .. } = &self.how else {
            return None;
        };
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
    fn run(&self, span: Span) -> Option<RunOf> {
        let (scene, alignment, runs) = self.printed()?;
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

    fn candidates(&self, (node, _): RunOf) -> Option<Rc<Vec<Candidate>>> {
        let (scene, ..) = self.printed()?;
        match scene.flow.node(node)?.piece {
            Piece::Hole { hole, .. } => Some(scene.candidates(hole)),
            _ => None,
        }
    }

    /// The pieces that printed a part of one line, when there is only one way.
    fn pieces(&self, span: Span) -> Option<Vec<Printed<'_>>> {
        let (scene, alignment, _) = self.printed()?;
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
    fn likely(
        &self,
        span: Span,
        set: &dyn Fn(&Printed<'_>) -> Option<Arc<Via>>,
    ) -> Option<Arc<Via>> {
        let (scene, alignment, _) = self.printed()?;
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
    fn behind(
        &self,
        site: u32,
        pieces: &[Printed<'_>],
        set: &dyn Fn(&Printed<'_>) -> Option<Arc<Via>>,
    ) -> Option<Arc<Via>> {
        let (scene, ..) = self.printed()?;
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
struct Printed<'a> {
    node: &'a Node,
    /// Where that part is written, in the source of its site.
    span: Span,
    text: &'a str,
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

/// Rewrites one object.
struct Walk<'a, 'b> {
    part: &'a Part<'b>,
    rendered: SourceId,
    old: Keys,
    keys: Vec<(Place, Place)>,
    /// All of its template that the object is from.
    hull: Option<Place>,
}

impl Walk<'_, '_> {
    fn manifest(&mut self, manifest: &mut Manifest) {
        manifest.value = self.value(&manifest.value, None);
        manifest.path = Arc::clone(&self.part.path);
        if let Some(header) = self.place(manifest.header) {
            let whole = self.place(manifest.block).unwrap_or(header);
            manifest.header = header;
            manifest.block = self.hull.map_or(whole, |hull| {
                Place::new(hull.source, hull.span.to(whole.span).to(header.span))
            });
        }
        manifest.keys = Keys::of_places(std::mem::take(&mut self.keys));
    }

    fn place(&self, old: Place) -> Option<Place> {
        (old.source == self.rendered).then(|| self.part.whole(old.span))?
    }

    /// Recursion is bounded by the nesting limit of the parser. `given`: what the value may stand for, told by what is
    /// around it.
    fn value(&mut self, value: &Value, given: Option<Vec<Candidate>>) -> Value {
        let Some(old) = value
            .origin
            .place
            .filter(|place| place.source == self.rendered)
        else {
            return value.clone();
        };
        let run = self.part.run(old.span);
        let is_inner = given.is_some();
        let whole = || run.and_then(|run| self.part.candidates(run));
        let known = given
            .or_else(|| whole().map(|all| all.to_vec()))
            .unwrap_or_default();
        let data = match &value.data {
            Data::Tuple(all) => Data::Tuple(self.elements(all, run, &known)),
            Data::Object(all) => Data::Object(Arc::new(self.entries(all, run, &known))),
            data => data.clone(),
        };
        let origin = self.origin(value, old, run, &known, is_inner);
        if let Some(new) = origin.place.filter(|new| new.source != self.rendered) {
            let hull = self.hull.map_or(new.span, |hull| hull.span.to(new.span));
            self.hull = Some(Place::new(new.source, hull));
        }
        Value {
            data,
            marks: value.marks,
            origin,
        }
    }

    fn elements(&mut self, all: &[Value], run: Option<RunOf>, known: &[Candidate]) -> Arc<[Value]> {
        let all = all.iter().enumerate().map(|(index, inner)| {
            let own = self.run_of(inner);
            let given = own.map(|own| {
                if run == Some(own) {
                    return known.iter().filter_map(|one| one.element(index)).collect();
                }
                // One of the elements of a list that is laid in among others, or an element that is set alone.
                let all = self.part.candidates(own).unwrap_or_default();
                let elements = all.iter().flat_map(|one| {
                    let count = one.value.elements().map_or(0, <[Value]>::len);
                    (0..count).filter_map(|at| one.element(at))
                });
                all.iter().cloned().chain(elements).collect::<Vec<_>>()
            });
            self.value(inner, given)
        });
        all.collect()
    }

    fn entries(&mut self, all: &Entries, run: Option<RunOf>, known: &[Candidate]) -> Entries {
        let mut out = Vec::with_capacity(all.len());
        for (key, inner) in all {
            let old = self.old.key_of(inner);
            let own = self.run_of(inner);
            let given = own.and_then(|own| {
                if run == Some(own) {
                    return Some(known.iter().filter_map(|one| one.entry(key)).collect());
                }
                // The hole holds the key too: it is laid in among other entries.
                let around = old.and_then(|old| self.part.run(old.span));
                (around == Some(own)).then(|| {
                    let all = self.part.candidates(own).unwrap_or_default();
                    all.iter().filter_map(|one| one.entry(key)).collect()
                })
            });
            let new = self.value(inner, given);
            if let (Some(old), Some(place)) = (old, new.origin.place) {
                self.keys.push((place, self.place(old).unwrap_or(old)));
            }
            out.push((Arc::clone(key), new));
        }
        out
    }

    fn run_of(&self, value: &Value) -> Option<RunOf> {
        let place = value
            .origin
            .place
            .filter(|place| place.source == self.rendered)?;
        self.part.run(place.span)
    }

    fn origin(
        &self,
        value: &Value,
        old: Place,
        run: Option<RunOf>,
        known: &[Candidate],
        is_inner: bool,
    ) -> Origin {
        if value.origin.via.is_some() {
            return moved(&value.origin, &|place| self.place(place));
        }
        let Some(place) = self.place(old) else {
            return value.origin.clone();
        };
        let setting = |one: &Candidate| {
            through(
                Step::Setting(Arc::clone(&one.name)),
                vec![one.value.origin.clone()],
            )
        };
        let scalar = value.elements().is_none() && value.entries().is_none();
        let via = if run.is_some() {
            // Large values are compared once, and not again with each that is in them.
            let fits = |one: &Value| (scalar || !is_inner) && same(one, value);
            let set = only(known, &fits).map(setting);
            let first_line = self.first_line(old);
            let pieces = self.part.pieces(first_line).unwrap_or_default();
            self.part.behind(0, &pieces, &|_| set.clone())
        } else if scalar {
            let set = |piece: &Printed<'_>| {
                let Piece::Hole { hole, .. } = piece.node.piece else {
                    return None;
                };
                let (scene, ..) = self.part.printed()?;
                let text = unquoted(piece.text);
                let fits = |one: &Value| one.as_text().is_some_and(|one| one == text);
                only(&scene.candidates(hole), &fits).map(setting)
            };
            match self.part.pieces(old.span) {
                Some(pieces) => self.part.behind(0, &pieces, &set),
                None => self.part.likely(old.span, &set),
            }
        } else {
            None
        };
        Origin {
            place: Some(place),
            via,
        }
    }

    /// The first line of a place.
    fn first_line(&self, place: Place) -> Span {
        let Span { start, end } = place.span;
        let from = start.saturating_sub(self.part.span.start);
        let line = self.part.printed().and_then(|(_, alignment, _)| {
            let (_, end) = alignment.span(alignment.line_of(from))?;
            Some(self.part.span.start + end)
        });
        Span::new(start, line.map_or(end, |line| line.min(end)))
    }
}

fn unquoted(text: &str) -> &str {
    let inner = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}
