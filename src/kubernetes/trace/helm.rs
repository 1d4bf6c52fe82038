//! What `helm template` printed: each document back to its template, each value back to where it was set.

use hashbrown::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::align::align;
use super::charts::{Charts, Found};
use super::flow::{Flow, Piece};
use super::part::{Aligned, How, Part, Printed, RunOf, Scene, runs};
use super::settings::{Candidate, only, same};
use super::{Made, moved, through};
use crate::kubernetes::Manifest;
use crate::kubernetes::objects::File;
use crate::problem::Problem;
use crate::source::{Place, SourceId, Sources, Span};
use crate::syntax::yaml::Keys;
use crate::value::{Data, Entries, Origin, Step, Value};

/// So many steps of alignment are taken at least ...
const MIN_STEPS: u64 = 500_000;
/// ... and so many for each byte that was rendered.
const STEPS_PER_BYTE: u64 = 4;
/// ... but never more than these.
const MAX_STEPS: u64 = 20_000_000;
/// Pieces of all templates of a chart.
const MAX_PIECES: usize = 2_000_000;

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

fn trace<'a>(text: &'a str, charts: &Charts<'_>, sources: &Sources) -> Vec<Part<'a>> {
    let defines = charts.defines();
    let mut budget = MAX_STEPS.min(MIN_STEPS + text.len() as u64 * STEPS_PER_BYTE);
    let mut room = MAX_PIECES;
    let mut scenes: HashMap<(SourceId, Vec<String>), Option<Rc<Scene>>> = HashMap::new();
    let mut scene = |found: &Found| {
        let (text, template) = charts.template(found.source)?;
        let flow = Flow::new(found.source, text, &template.items, &defines, room)?;
        room = room.saturating_sub(flow.nodes.len());
        Some(Rc::new(Scene::new(flow, charts.settings(found))))
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
                Some(How::Printed(Aligned {
                    scene,
                    alignment,
                    runs,
                    source: found.source,
                    template: sources.get(found.source).shared_text(),
                }))
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
                let scene = &self.part.printed()?.scene;
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
        let line = self.part.printed().and_then(|Aligned { alignment, .. }| {
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
