//! Levels go along the relations: what serves data takes its level, what is part of something classified inherits, and
//! what contains or carries data has the highest level of it.
//!
//! Resources are settled from the highest level down, so each is visited a fixed number of times, however long the
//! chains, circles included.

use hashbrown::HashMap;
use std::collections::VecDeque;

use super::own::named;
use super::vocabulary::Vocabulary;
use super::{Against, Opinion, Said};
use crate::catalog::{Class, ClassSet};
use crate::config::words::Level;
use crate::facts::establish::Lens;
use crate::facts::{ContradictedBy, EvidenceId, LevelFrom, Text};
use crate::graph::{Graph, Relation, RelationKind, ResourceId};
use crate::source::Place;

/// How a level comes to the other end of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// The other end serves this data: it has at least this level, whatever it says.
    Serves,
    /// The other end is part of this, or made from it: it has this level unless it says otherwise.
    Inherits,
    /// The other end contains or carries this among other things: at least this level unless it says otherwise.
    Gathers,
}

/// So many steps of the way of a level are told; the first and the last matter to people.
const MAX_STEPS: usize = 8;

/// Sends every level along the relations.
pub(super) fn spread(lens: &mut Lens<'_>, vocabulary: &Vocabulary, opinions: &mut [Opinion]) {
    let graph = lens.graph;
    let mut flow = Flow::new(graph, lens.settings.assume, opinions);
    flow.run(lens, vocabulary);
    flow.serve_roots(graph);
    flow.run(lens, vocabulary);
    flow.tell(lens);
}

struct Flow<'a> {
    graph: &'a Graph,
    assume: Level,
    opinions: &'a mut [Opinion],
    /// By level, lowest first: who has that level and has not passed it on.
    waiting: [VecDeque<ResourceId>; Level::ALL.len()],
    /// By resource: how many of those that it serves or gathers have no level yet.
    open: Vec<u32>,
    /// By resource: the highest level on offer that may be too low, since others are open.
    offered: Vec<Option<(How, ResourceId, Option<Place>)>>,
    /// By resource: it had no level of its own, and has passed on none yet.
    silent: Vec<bool>,
    /// By resource: where its level came from.
    source: Vec<Option<(ResourceId, Option<Place>)>>,
    /// By resource: who said that level first.
    origin: Vec<ResourceId>,
}

impl<'a> Flow<'a> {
    fn new(graph: &'a Graph, assume: Level, opinions: &'a mut [Opinion]) -> Self {
        let count = opinions.len();
        let silent = opinions.iter().map(|one| one.said.is_none()).collect();
        let mut flow = Self {
            graph,
            assume,
            opinions,
            waiting: std::array::from_fn(|_| VecDeque::new()),
            open: vec![0; count],
            offered: vec![None; count],
            silent,
            source: vec![None; count],
            origin: graph.resources().iter().map(|one| one.id).collect(),
        };
        for relation in graph.relations() {
            for (from, to, how) in flow.ways(relation).into_iter().flatten() {
                if how != How::Inherits && flow.silent[from.index()] {
                    flow.open[to.index()] += 1;
                }
            }
        }
        for resource in graph.resources() {
            if let Some(said) = &flow.opinions[resource.id.index()].said {
                flow.waiting[said.level as usize].push_back(resource.id);
            }
        }
        flow
    }

    /// Who passes its level to whom.
    fn ways(&self, relation: &Relation) -> [Option<(ResourceId, ResourceId, How)>; 2] {
        let Relation { from, to, kind, .. } = relation;
        let (from, to) = (*from, *to);
        let is = |id: ResourceId, classes: ClassSet| {
            let resource = self.graph.get(id);
            resource.is_some_and(|resource| resource.classes.intersects(classes))
        };
        match kind {
            RelationKind::EncryptsWith
            | RelationKind::ReplicatesTo
            | RelationKind::BacksUpTo
            | RelationKind::LogsTo => [Some((from, to, How::Serves)), None],
            RelationKind::PartOf | RelationKind::AttachedTo => {
                let running = ClassSet::of(&[Class::Workload, Class::Compute]);
                let back = match kind {
                    // A volume holds what those that mount it work on.
                    RelationKind::AttachedTo if is(from, running) => How::Inherits,
                    _ => How::Gathers,
                };
                let keeps = is(to, ClassSet::of(&[Class::HoldsData, Class::Backup]));
                [
                    Some((to, from, How::Inherits)),
                    keeps.then_some((from, to, back)),
                ]
            }
            RelationKind::ReadsFrom => [Some((to, from, How::Inherits)), None],
            RelationKind::RunsOn => {
                // A storage class answers for the volumes that are made of it.
                let carries = is(to, named().with(Class::Configuration));
                [carries.then_some((from, to, How::Gathers)), None]
            }
            RelationKind::Exposes => [Some((to, from, How::Gathers)), None],
        }
    }

    /// Passes on levels, the highest first, until nobody waits.
    fn run(&mut self, lens: &mut Lens<'_>, vocabulary: &Vocabulary) {
        while let Some(id) = self.next() {
            let graph = self.graph;
            let relations = graph.outgoing(id).iter().chain(graph.incoming(id));
            for relation in relations {
                for (from, to, how) in self.ways(relation).into_iter().flatten() {
                    if from == id && to != id {
                        self.pass(from, to, how, relation, lens, vocabulary);
                    }
                }
            }
            self.silent[id.index()] = false;
        }
    }

    fn next(&mut self) -> Option<ResourceId> {
        let highest = self.waiting.iter_mut().rev();
        highest.into_iter().find_map(VecDeque::pop_front)
    }

    fn pass(
        &mut self,
        from: ResourceId,
        to: ResourceId,
        how: How,
        relation: &Relation,
        lens: &mut Lens<'_>,
        vocabulary: &Vocabulary,
    ) {
        let Some(giver) = &self.opinions[from.index()].said else {
            return;
        };
        // What a whole has of one part says nothing of its other parts.
        if how == How::Inherits && giver.gathered {
            return;
        }
        let level = giver.level;
        let taker = &self.opinions[to.index()];
        match (&taker.said, how) {
            (None, How::Inherits) => self.give(from, to, how, relation.place),
            (None, How::Serves | How::Gathers) => {
                if level >= self.assume {
                    self.give(from, to, how, relation.place);
                    return;
                }
                // What it serves beside this may be more: wait until all of them are known.
                if self.silent[from.index()] {
                    self.open[to.index()] = self.open[to.index()].saturating_sub(1);
                }
                let best = *self.offered[to.index()].get_or_insert((how, from, relation.place));
                if self.open[to.index()] == 0 {
                    self.give(best.1, to, best.0, best.2);
                }
            }
            (Some(said), How::Serves) if said.level < level => {
                self.give(from, to, how, relation.place);
            }
            (Some(said), _)
                if matches!(said.from, LevelFrom::Name | LevelFrom::Propagated)
                    && (said.level < level || said.gathered && how != How::Gathers)
                    && said.level <= level =>
            {
                self.give(from, to, how, relation.place);
            }
            (Some(said), How::Inherits) if said.level < level => {
                self.object(from, to, relation, lens, vocabulary);
            }
            _ => {}
        }
    }

    /// The other end takes the level.
    fn give(&mut self, from: ResourceId, to: ResourceId, how: How, place: Option<Place>) {
        let Some(giver) = &self.opinions[from.index()].said else {
            return;
        };
        let (level, confidence, at_least) = (giver.level, giver.confidence, giver.at_least);
        let taker = &mut self.opinions[to.index()];
        taker.said = Some(Said {
            level,
            from: LevelFrom::Propagated,
            confidence,
            at_least,
            synthetic: false,
            gathered: how == How::Gathers,
            evidence: Vec::new(),
        });
        self.source[to.index()] = Some((from, place));
        self.origin[to.index()] = self.origin[from.index()];
        self.waiting[level as usize].push_back(to);
    }

    /// A part that says less than its whole, a copy that says less than its source.
    fn object(
        &mut self,
        from: ResourceId,
        to: ResourceId,
        relation: &Relation,
        lens: &mut Lens<'_>,
        vocabulary: &Vocabulary,
    ) {
        let (Some(giver), Some(said)) = (
            &self.opinions[from.index()].said,
            &self.opinions[to.index()].said,
        ) else {
            return;
        };
        if said.from != LevelFrom::Label
            || said.synthetic
            || said.at_least
            || giver.confidence <= vocabulary.confidence(crate::catalog::LevelOrigin::StrongName)
        {
            return;
        }
        let level = giver.level;
        let known = &self.opinions[to.index()].against;
        if known.as_ref().is_some_and(|known| known.level >= level) {
            return;
        }
        let confidence = giver.confidence;
        let evidence = self.way(from, relation.place, lens);
        self.opinions[to.index()].against = Some(Against {
            by: ContradictedBy::Parent,
            level,
            confidence,
            evidence,
        });
    }

    /// Sign-in, state and third parties serve a whole root: without a word of their own they carry its highest level. A
    /// level below the assumed one holds only where nothing in the root is unclassified.
    fn serve_roots(&mut self, graph: &Graph) {
        let mut highest: HashMap<u32, (ResourceId, Level)> = HashMap::new();
        let mut unclassified: HashMap<u32, bool> = HashMap::new();
        for resource in graph.resources() {
            let Some(root) = resource.root else { continue };
            match &self.opinions[resource.id.index()].said {
                Some(said) => {
                    let best = highest.entry(root.0).or_insert((resource.id, said.level));
                    if best.1 < said.level {
                        *best = (resource.id, said.level);
                    }
                }
                None if resource.classes.contains(Class::HoldsData) => {
                    unclassified.insert(root.0, true);
                }
                None => {}
            }
        }
        let serving = ClassSet::of(&[Class::Identity, Class::StateBackend, Class::ThirdParty]);
        for resource in graph.resources() {
            if !resource.classes.intersects(serving)
                || self.opinions[resource.id.index()].said.is_some()
            {
                continue;
            }
            let Some(root) = resource.root.map(|root| root.0) else {
                continue;
            };
            if let Some((source, level)) = highest.get(&root)
                && (*level >= self.assume || !unclassified.contains_key(&root))
            {
                self.give(*source, resource.id, How::Gathers, None);
            }
        }
    }

    /// Writes down the way of every level that was taken from another resource.
    fn tell(&mut self, lens: &mut Lens<'_>) {
        for at in 0..self.opinions.len() {
            let taken = self.opinions[at]
                .said
                .as_ref()
                .is_some_and(|said| said.from == LevelFrom::Propagated);
            if let Some((from, place)) = self.source[at].filter(|_| taken) {
                let evidence = self.way(from, place, lens);
                if let Some(said) = &mut self.opinions[at].said {
                    said.evidence = evidence;
                }
            }
        }
    }

    /// From resource to resource to the one that says the level, with what it says.
    fn way(&self, from: ResourceId, place: Option<Place>, lens: &mut Lens<'_>) -> Vec<EvidenceId> {
        let mut evidence = Vec::new();
        let origin = self.origin[from.index()];
        let mut step = Some((from, place));
        for _ in 0..MAX_STEPS {
            let Some((at, place)) = step else { break };
            evidence.extend(self.step(at, place, lens));
            step = self.source[at.index()].filter(|_| at != origin);
        }
        // Of a long way the start and the end.
        if step.is_some() {
            evidence.extend(self.step(origin, None, lens));
        }
        let said = self.opinions[origin.index()].said.as_ref();
        evidence.extend(said.into_iter().flat_map(|said| &said.evidence));
        evidence
    }

    fn step(
        &self,
        at: ResourceId,
        place: Option<Place>,
        lens: &mut Lens<'_>,
    ) -> Option<EvidenceId> {
        let resource = self.graph.get(at)?;
        let text = Text::new(
            format!("takes the level of {}", resource.address),
            format!("prend le niveau de {}", resource.address),
        );
        Some(lens.ledger.place(place.unwrap_or(resource.header), text))
    }
}
