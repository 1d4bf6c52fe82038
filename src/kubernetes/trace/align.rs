//! Which piece of a template printed which part of a rendered document.
//!
//! All ways through the template that print exactly this document are followed at once, line by line; what is kept of them
//! is what lies on a way that leads to the end. Where the ways differ nobody can tell which was taken, and the answer
//! says so. The steps are bounded: a text made to have very many ways is not traced.

use hashbrown::HashMap;

use super::flow::{Flow, Id, Piece};

/// A hole that goes on from the line before; set beside its id.
const OPEN: Id = 1 << 31;

/// A line that could be cut in more ways is left alone.
const MAX_EDGES: usize = 512;

/// A part of a line, and the node that printed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Edge {
    /// First byte in the line.
    pub(super) from: u32,
    /// Byte after the last one.
    pub(super) to: u32,
    pub(super) node: Id,
    /// The same node goes on in the next line.
    pub(super) goes_on: bool,
}

/// For each line of a document the parts that some way prints so, sorted.
#[derive(Debug, Default)]
pub(super) struct Alignment {
    /// Where each line starts in the document.
    pub(super) starts: Vec<u32>,
    length: u32,
    edges: Vec<Edge>,
    /// Where the edges of each line end in `edges`.
    ends: Vec<u32>,
}

impl Alignment {
    /// Where a line starts and ends in the document.
    pub(super) fn span(&self, line: usize) -> Option<(u32, u32)> {
        let next = self.starts.get(line + 1).map(|next| next - 1);
        Some((*self.starts.get(line)?, next.unwrap_or(self.length)))
    }

    /// The line of an offset.
    pub(super) fn line_of(&self, offset: u32) -> usize {
        self.starts
            .partition_point(|start| *start <= offset)
            .saturating_sub(1)
    }

    /// The parts of a line.
    pub(super) fn line(&self, line: usize) -> &[Edge] {
        let end = self.ends.get(line).copied().unwrap_or(0) as usize;
        let before = line.checked_sub(1).and_then(|line| self.ends.get(line));
        let start = before.copied().unwrap_or(0) as usize;
        self.edges.get(start..end).unwrap_or_default()
    }
}

/// Aligns a document; none when no way through the template prints it, or `budget` is used up.
pub(super) fn align(flow: &Flow, text: &str, budget: &mut u64) -> Option<Alignment> {
    let lines: Vec<&str> = text.split('\n').collect();
    // Which nodes each line may begin with.
    let mut begin: Vec<Vec<Id>> = vec![flow.starts.clone()];
    let mut run = Run {
        flow,
        budget,
        seen: HashMap::new(),
        states: Vec::new(),
        links: Vec::new(),
    };
    for (at, line) in lines.iter().enumerate() {
        let last = at + 1 == lines.len();
        run.explore(line, begin.last()?, last)?;
        if last {
            break;
        }
        let mut next: Vec<Id> = run.exits().map(|(_, to)| to).collect();
        next.sort_unstable();
        next.dedup();
        if next.is_empty() {
            return None;
        }
        begin.push(next);
    }
    // Backwards: only what leads to the end counts.
    let mut alive: Vec<Id> = Vec::new();
    let mut edges: Vec<Vec<Edge>> = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate().rev() {
        let last = at + 1 == lines.len();
        run.explore(line, begin.get(at)?, last)?;
        let (mut kept, before) = run.keep(&alive, last);
        if before.is_empty() {
            return None;
        }
        if kept.len() > MAX_EDGES {
            kept.clear();
        }
        edges.push(kept);
        alive = before;
    }
    let mut alignment = Alignment {
        length: text.len() as u32,
        ..Alignment::default()
    };
    let mut start = 0;
    for (line, edges) in lines.iter().zip(edges.into_iter().rev()) {
        alignment.starts.push(start);
        start += line.len() as u32 + 1;
        alignment.edges.extend(edges);
        alignment.ends.push(alignment.edges.len() as u32);
    }
    Some(alignment)
}

/// Where a way is: before a node, at a byte of the line.
type State = (Id, u32);

/// Where a way goes from a state.
#[derive(Clone, Copy)]
enum To {
    /// A state of the same line, by index.
    State(u32),
    /// A node at the start of the next line.
    Line(Id),
    /// The end of the document.
    End,
}

struct Link {
    from: u32,
    to: To,
    edge: Option<Edge>,
}

/// The ways through one line.
struct Run<'a> {
    flow: &'a Flow,
    budget: &'a mut u64,
    seen: HashMap<State, u32>,
    states: Vec<State>,
    links: Vec<Link>,
}

impl Run<'_> {
    fn explore(&mut self, line: &str, begin: &[Id], last: bool) -> Option<()> {
        if self.seen.capacity() > 4096 {
            // Emptying a large table takes as long as filling it.
            self.seen = HashMap::new();
        }
        self.seen.clear();
        self.states.clear();
        self.links.clear();
        for id in begin {
            self.state((*id, 0));
        }
        let mut at = 0;
        while let Some(state) = self.states.get(at).copied() {
            self.step(at as u32, state, line, last)?;
            at += 1;
        }
        Some(())
    }

    fn state(&mut self, state: State) -> u32 {
        let new = self.states.len() as u32;
        let index = *self.seen.entry(state).or_insert(new);
        if index == new {
            self.states.push(state);
        }
        index
    }

    fn link(&mut self, from: u32, to: To, edge: Option<Edge>) -> Option<()> {
        *self.budget = self.budget.checked_sub(1)?;
        self.links.push(Link { from, to, edge });
        Some(())
    }

    fn step(&mut self, from: u32, (id, at): State, line: &str, last: bool) -> Option<()> {
        let flow = self.flow;
        let plain = id & !OPEN;
        let node = flow.node(plain)?;
        let length = line.len() as u32;
        let rest = line.get(at as usize..).unwrap_or("");
        if last && at == length && id & OPEN == 0 && flow.may_end.get(plain as usize) == Some(&true)
        {
            self.link(from, To::End, None)?;
        }
        let edge = |to: u32, goes_on| {
            Some(Edge {
                from: at,
                to,
                node: plain,
                goes_on,
            })
        };
        match &node.piece {
            Piece::Text => {
                let text = flow.text(node);
                if rest.starts_with(text) {
                    let to = at + text.len() as u32;
                    let state = self.state((node.next, to));
                    self.link(from, To::State(state), edge(to, false))?;
                }
            }
            Piece::Pad(width) => {
                if starts_with_spaces(rest, *width) {
                    let state = self.state((node.next, at + width));
                    self.link(from, To::State(state), edge(at + width, false))?;
                }
            }
            Piece::Fork(ways) => {
                for way in ways {
                    let state = self.state((*way, at));
                    self.link(from, To::State(state), None)?;
                }
            }
            Piece::Line => {
                if at == length && !last {
                    self.link(from, To::Line(node.next), None)?;
                }
            }
            Piece::Hole { pad, long, .. } => {
                let least = if id & OPEN == 0 { 0 } else { *pad };
                if starts_with_spaces(rest, least) {
                    self.hole(from, node.next, line, at + least, &edge)?;
                    if *long && !last {
                        self.link(from, To::Line(plain | OPEN), edge(length, true))?;
                    }
                } else if rest.is_empty() && *long && !last {
                    self.link(from, To::Line(plain | OPEN), edge(length, true))?;
                }
            }
            Piece::Cut | Piece::End => {}
        }
        Some(())
    }

    /// Every place where what fills a hole may end on this line.
    fn hole(
        &mut self,
        from: u32,
        next: Id,
        line: &str,
        least: u32,
        edge: &dyn Fn(u32, bool) -> Option<Edge>,
    ) -> Option<()> {
        let flow = self.flow;
        let after = flow.node(next)?;
        let rest = line.get(least as usize..).unwrap_or("");
        let whole = line.len() as u32;
        *self.budget = self.budget.checked_sub(rest.len() as u64 / 16)?;
        match &after.piece {
            Piece::Line | Piece::End | Piece::Cut => {
                let state = self.state((next, whole));
                self.link(from, To::State(state), edge(whole, false))?;
            }
            Piece::Text => {
                let text = flow.text(after);
                let mut at = 0;
                while let Some(found) = rest.get(at..).and_then(|rest| rest.find(text)) {
                    at += found;
                    let to = least + at as u32;
                    let state = self.state((next, to));
                    self.link(from, To::State(state), edge(to, false))?;
                    at += rest
                        .get(at..)
                        .and_then(|r| r.chars().next())
                        .map_or(1, char::len_utf8);
                }
                // The text may be space that was trimmed from the end of the document.
                let state = self.state((next, whole));
                self.link(from, To::State(state), edge(whole, false))?;
            }
            _ => {
                let ends = rest.char_indices().map(|(at, _)| least + at as u32);
                for to in ends.chain([whole]) {
                    let state = self.state((next, to));
                    self.link(from, To::State(state), edge(to, false))?;
                }
            }
        }
        Some(())
    }

    fn exits(&self) -> impl Iterator<Item = (u32, Id)> + '_ {
        self.links.iter().filter_map(|link| match link.to {
            To::Line(id) => Some((link.from, id)),
            _ => None,
        })
    }

    /// The edges on ways that end well, and the nodes such ways begin with.
    fn keep(&mut self, alive: &[Id], last: bool) -> (Vec<Edge>, Vec<Id>) {
        let mut good = vec![false; self.states.len()];
        let mut into: Vec<Vec<u32>> = vec![Vec::new(); self.states.len()];
        let mut open = Vec::new();
        for link in &self.links {
            match link.to {
                To::State(to) => {
                    if let Some(slot) = into.get_mut(to as usize) {
                        slot.push(link.from);
                    }
                }
                To::Line(id) if alive.binary_search(&id).is_ok() => open.push(link.from),
                To::End if last => open.push(link.from),
                _ => {}
            }
        }
        while let Some(state) = open.pop() {
            let Some(slot) = good.get_mut(state as usize).filter(|slot| !**slot) else {
                continue;
            };
            *slot = true;
            open.extend(into.get(state as usize).into_iter().flatten());
        }
        let is_good = |state: u32| good.get(state as usize) == Some(&true);
        let mut edges: Vec<Edge> = self
            .links
            .iter()
            .filter(|link| {
                is_good(link.from)
                    && match link.to {
                        To::State(to) => is_good(to),
                        To::Line(id) => alive.binary_search(&id).is_ok(),
                        To::End => last,
                    }
            })
            .filter_map(|link| link.edge)
            .filter(|edge| edge.to > edge.from || edge.goes_on)
            .collect();
        edges.sort_unstable();
        edges.dedup();
        let mut begin: Vec<Id> = (0..)
            .zip(&self.states)
            .filter(|(index, (_, at))| *at == 0 && is_good(*index))
            .map(|(_, (id, _))| *id)
            .collect();
        begin.sort_unstable();
        (edges, begin)
    }
}

fn starts_with_spaces(text: &str, width: u32) -> bool {
    let head = text.as_bytes().get(..width as usize);
    head.is_some_and(|head| head.iter().all(|byte| *byte == b' '))
}
