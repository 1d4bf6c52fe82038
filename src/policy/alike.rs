//! Which resources have a fact in common: numbered once for a scan, and shared by all policies.
//!
//! Resources of one block, of one module, of one template mostly differ by nothing but their names. A policy that knows
//! which are alike asks for a fact once, and can say once what holds for all of them.

use std::hash::Hash;
use std::sync::{Arc, OnceLock};

use hashbrown::HashMap;

use super::contract::{self, graph};
use super::{Rule, Subject};
use crate::catalog::ClassSet;
use crate::config::words::Level;
use crate::facts::{EvidenceId, Fact, Hosting, ResourceFacts, Text};

/// Facts of the contract.
const FACTS: usize = 13;

/// Relations of the contract, in both directions.
const RELATED: usize = 18;

/// The numbers of a scan, made when the first policy asks for them.
#[derive(Default)]
pub(super) struct Alike {
    facts: [OnceLock<Arc<[u32]>>; FACTS],
    related: [OnceLock<Arc<[u32]>>; RELATED],
}

/// What resources share whose hosting is the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Shared<'a> {
    Nothing,
    /// Where the hosting is kept.
    Known(usize),
    /// Where the texts of the reason are kept, with their lengths, and its evidence.
    Unknown([(usize, usize); 2], &'a [EvidenceId]),
}

impl<'a> Shared<'a> {
    fn of(hosting: &'a Fact<Arc<Hosting>>) -> Self {
        match hosting {
            Fact::Known(hosting) => Self::Known(Arc::as_ptr(hosting).addr()),
            Fact::Absent => Self::Nothing,
            // All objects of a cluster that nothing tells of have one reason; texts of one place are one text.
            Fact::Unknown(gap) => {
                let Text { en, fr } = &gap.reason;
                let texts = [en, fr].map(|text| (text.as_ptr().addr(), text.len()));
                Self::Unknown(texts, &gap.evidence)
            }
        }
    }
}

impl Alike {
    /// A number for each resource: equal where this fact is.
    pub(super) fn in_fact(&self, subject: &Subject, fact: graph::Fact) -> Arc<[u32]> {
        use graph::Fact as Of;
        let number = || match fact {
            Of::Kind => {
                let resources = subject.graph.resources().iter();
                numbers(resources.map(|resource| &*resource.kind))
            }
            Of::LabelsOf => {
                let resources = subject.graph.resources().iter();
                let labels = resources.map(|resource| subject.facts.labels(resource.id));
                // Told by where they are kept; none at all are the same wherever.
                numbers(labels.map(|labels| {
                    labels.map(
                        |labels| match labels.all.is_empty() && labels.unknown.is_none() {
                            true => 0,
                            false => std::ptr::from_ref(labels).addr(),
                        },
                    )
                }))
            }
            Of::ClassOf => by(subject, |facts| facts.classes),
            Of::SensitivityOf => by(subject, |facts| &facts.sensitivity),
            Of::LocationOf => by(subject, |facts| &facts.location),
            Of::CopiesOf => by(subject, |facts| &facts.copies),
            Of::HostingOf => by(subject, |facts| Shared::of(&facts.hosting)),
            Of::EncryptionOf => by(subject, |facts| &facts.encryption),
            Of::MfaOf => by(subject, |facts| &facts.mfa),
            Of::DependenciesOf => by(subject, |facts| &facts.dependencies),
            Of::CredentialOf => by(subject, |facts| &facts.credential),
            Of::TenancyOf => by(subject, |facts| &facts.tenancy),
            Of::RegimeOf => by(subject, regime_level),
        };
        known(self.facts.get(fact as usize), number)
    }

    /// The same for what resources are related to.
    pub(super) fn in_related(
        &self,
        subject: &Subject,
        by: graph::Relation,
        towards: graph::Direction,
    ) -> Arc<[u32]> {
        let number = || {
            let graph = &subject.graph;
            let kind = contract::relation_from(by);
            let edges = graph.relations().iter().filter(|edge| edge.kind == kind);
            let mut edges: Vec<(u32, u32)> = edges
                .map(|edge| match towards {
                    graph::Direction::Outgoing => (edge.from.0, edge.to.0),
                    graph::Direction::Incoming => (edge.to.0, edge.from.0),
                })
                .collect();
            // Stable: the others of a resource stay in the order of the relations.
            edges.sort_by_key(|(at, _)| *at);
            let (at, others): (Vec<u32>, Vec<u32>) = edges.into_iter().unzip();
            let mut done = 0;
            numbers((0..graph.resources().len() as u32).map(|of| {
                let rest = at.get(done..).unwrap_or_default();
                let count = rest.iter().take_while(|at| **at == of).count();
                let own = others.get(done..done + count).unwrap_or_default();
                done += count;
                own
            }))
        };
        known(self.related.get(by as usize * 2 + towards as usize), number)
    }
}

/// What decides the regime of a resource: the table raises by itself, so it is asked with the level from before.
pub(super) fn regime_level(facts: &ResourceFacts) -> Level {
    facts
        .sensitivity
        .raised_from
        .unwrap_or(facts.sensitivity.level)
}

fn known(slot: Option<&OnceLock<Arc<[u32]>>>, number: impl FnOnce() -> Arc<[u32]>) -> Arc<[u32]> {
    match slot {
        Some(slot) => Arc::clone(slot.get_or_init(number)),
        None => number(),
    }
}

fn by<'s, K: Eq + Hash + Copy>(
    subject: &'s Subject,
    key: impl Fn(&'s ResourceFacts) -> K,
) -> Arc<[u32]> {
    let resources = subject.graph.resources().iter();
    numbers(resources.map(|resource| subject.facts.of(resource.id).map(&key)))
}

/// So many of the last keys are compared before one is looked up: instances of a block repeat what those before them
/// have, and comparing costs less than hashing.
const LAST: usize = 8;

/// Numbers from zero, in the order in which the keys first come.
fn numbers<K: Eq + Hash + Copy>(keys: impl Iterator<Item = K>) -> Arc<[u32]> {
    let mut known: HashMap<K, u32> = HashMap::new();
    let mut last: [Option<(K, u32)>; LAST] = [None; LAST];
    let mut oldest = 0;
    let all = keys.map(|key| {
        let seen = last.iter().flatten().find(|(one, _)| *one == key);
        if let Some((_, number)) = seen {
            return *number;
        }
        let next = known.len() as u32;
        let number = *known.entry(key).or_insert(next);
        if let Some(slot) = last.get_mut(oldest % LAST) {
            *slot = Some((key, number));
        }
        oldest += 1;
        number
    });
    all.collect()
}

/// What decides whether a rule is asked about a resource, for all resources.
pub(super) struct Sorts<'s> {
    /// By resource: which of the sorts, and its level.
    of: Vec<(u32, Level)>,
    sorts: Vec<(&'s str, ClassSet)>,
}

impl<'s> Sorts<'s> {
    pub(super) fn of(subject: &'s Subject) -> Self {
        let mut known: HashMap<(&str, ClassSet), u32> = HashMap::new();
        let mut sorts = Vec::new();
        let resources = subject.graph.resources().iter();
        let of = resources.map_while(|resource| {
            let facts = subject.facts.of(resource.id)?;
            let sort = (&*resource.kind, facts.classes);
            let at = *known.entry(sort).or_insert_with(|| {
                sorts.push(sort);
                sorts.len() as u32 - 1
            });
            Some((at, facts.sensitivity.level))
        });
        let of = of.collect();
        Self { of, sorts }
    }

    /// The resources in the scope of a rule, in ascending order.
    pub(super) fn scope(&self, rule: &Rule) -> Vec<u32> {
        let asks = |(kind, classes): &(&str, ClassSet)| rule.asks(kind, *classes);
        let asked: Vec<bool> = self.sorts.iter().map(asks).collect();
        if !asked.contains(&true) {
            return Vec::new();
        }
        let all = self.of.iter().zip(0..);
        let scope = all.filter(|((sort, level), _)| {
            asked.get(*sort as usize) == Some(&true)
                && rule.min_level.is_none_or(|least| *level >= least)
        });
        scope.map(|(_, id)| id).collect()
    }
}
