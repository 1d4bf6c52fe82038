//! What other resources say of a resource's encryption: companions, linked configurations, and what it belongs to.

use std::sync::Arc;

use super::cited::Cited;
use super::switch::State;
use super::{Found, MAX_CANDIDATES, MAX_DEPTH, Part};
use crate::catalog::{Category, Certainty, CustomerKey, Encryption as Facts};
use crate::facts::establish::Lens;
use crate::facts::{Answer, Fact, Text};
use crate::graph::{RelationKind, Resource, ResourceId, World};
use crate::value::Value;

impl<'a> Lens<'a> {
    /// What resources that complete this one, or configurations that it names, say.
    pub(super) fn completed(
        &mut self,
        part: Part<'a>,
        name: &Arc<str>,
        depth: usize,
    ) -> Option<Vec<Found>> {
        let facts = &part.kind.encryption;
        if depth >= MAX_DEPTH || facts.companions.is_empty() && facts.linked.is_empty() {
            return None;
        }
        for (companion, paths) in self.companions_of(part.resource, facts) {
            let Some(kind) = self.terraform_kind(companion.id) else {
                continue;
            };
            let whole = Part {
                resource: companion,
                kind,
                block: "",
                content: Some(&companion.attributes),
                paths,
            };
            let switch = self.switched(whole);
            match self.cited(whole) {
                // A mode that names the provider's key leaves the customer's unused.
                Cited::Keys(keys) if switch.state != State::Provider => {
                    return Some(self.with_keys(companion, Arc::clone(name), keys, Vec::new()));
                }
                Cited::Unknown(gap) if switch.state != State::Provider => {
                    return Some(vec![Err(gap)]);
                }
                Cited::Provider(evidence) => {
                    return Some(vec![Ok(self.provider_key(
                        part.kind,
                        Arc::clone(name),
                        evidence,
                        Certainty::Certain,
                    ))]);
                }
                Cited::Keys(_) | Cited::Unknown(_) | Cited::Nothing => {}
            }
            match switch.state {
                State::Unknown(gap) => return Some(vec![Err(gap)]),
                State::Off => {
                    return Some(vec![Ok(self.clear(
                        part,
                        Arc::clone(name),
                        switch.evidence,
                        Certainty::Certain,
                    ))]);
                }
                State::On | State::Provider | State::Customer => {
                    return Some(vec![Ok(self.provider_key(
                        part.kind,
                        Arc::clone(name),
                        switch.evidence,
                        Certainty::Certain,
                    ))]);
                }
                State::FlagOff | State::Silent => {}
            }
        }
        if facts.customer_key == CustomerKey::CompanionChain
            && let Some(found) = self.chained(part.resource, facts, depth)
        {
            return Some(found);
        }
        for link in &facts.linked {
            let Some(value) = self.attribute(part.resource, &link.attr) else {
                continue;
            };
            let target = self
                .related(part.resource, &link.attr)
                .into_iter()
                .find(|target| *target.kind == *link.kind);
            let Some(target) = target.filter(|target| target.world == World::Terraform) else {
                return Some(vec![Err(self.not_followed(value, &link.attr))]);
            };
            let kind = self.terraform_kind(target.id)?;
            let found = self.parts_of(target, kind, depth + 1);
            if found.is_empty() {
                return Some(vec![Err(self.not_told_by(value, &link.attr, target))]);
            }
            return Some(found);
        }
        None
    }

    /// A companion that names another resource: the key is that of the other.
    fn chained(
        &mut self,
        resource: &'a Resource,
        facts: &'static Facts,
        depth: usize,
    ) -> Option<Vec<Found>> {
        let attached = self
            .graph
            .incoming(resource.id)
            .filter(|relation| relation.kind == RelationKind::AttachedTo);
        let companions: Vec<&'a Resource> = attached
            .filter_map(|relation| self.graph.get(relation.from))
            .filter(|other| facts.companions.iter().any(|c| *c.kind == *other.kind))
            .take(MAX_CANDIDATES)
            .collect();
        for companion in companions {
            let kind = self.terraform_kind(companion.id)?;
            for link in &kind.encryption.linked {
                let Some(value) = self.attribute(companion, &link.attr) else {
                    continue;
                };
                let related = self.related(companion, &link.attr).into_iter();
                let target = related
                    .filter(|target| target.world == World::Terraform)
                    .find(|target| *target.kind == *link.kind);
                let Some(target) = target else {
                    return Some(vec![Err(self.not_followed(value, &link.attr))]);
                };
                let kind = self.terraform_kind(target.id)?;
                return Some(self.parts_of(target, kind, depth + 1));
            }
        }
        None
    }

    /// Companions that speak for the resource itself, with the paths of the key they bring. One that makes a copy, or
    /// keeps data of its own, speaks for that.
    fn companions_of(
        &mut self,
        resource: &'a Resource,
        facts: &'static Facts,
    ) -> Vec<(&'a Resource, &'static [String])> {
        let mut found: Vec<(&'a Resource, &'static [String])> = Vec::new();
        let relevant = |kind: &str| {
            facts
                .companions
                .iter()
                .find(|c| c.kind == kind && c.replication.is_empty() && !c.key_paths.is_empty())
        };
        let attached = self
            .graph
            .incoming(resource.id)
            .filter(|relation| relation.kind == RelationKind::AttachedTo);
        let mut candidates: Vec<ResourceId> = attached.map(|relation| relation.from).collect();
        // A setting of the whole account or project names nothing.
        for companion in facts
            .companions
            .iter()
            .filter(|companion| companion.link.is_none())
        {
            let in_root = |id: &&ResourceId| {
                self.graph
                    .get(**id)
                    .is_some_and(|r| r.root == resource.root)
            };
            candidates.extend(
                self.graph
                    .of_kind(&companion.kind)
                    .iter()
                    .take(MAX_CANDIDATES)
                    .filter(in_root),
            );
        }
        candidates.dedup();
        for id in candidates {
            let Some(candidate) = self
                .graph
                .get(id)
                .filter(|candidate| candidate.world == World::Terraform)
            else {
                continue;
            };
            let own = self
                .terraform_kind(id)
                .is_some_and(|kind| kind.holds_data || kind.category == Category::Backup);
            if !own && let Some(companion) = relevant(&candidate.kind) {
                found.push((candidate, companion.key_paths.as_slice()));
            }
        }
        found
    }

    /// As what it belongs to, when that is part of the scan.
    pub(super) fn as_parent(
        &mut self,
        part: Part<'a>,
        name: &Arc<str>,
        depth: usize,
    ) -> Option<Vec<Found>> {
        if depth >= MAX_DEPTH {
            return None;
        }
        for parent in self.parents_of(part.resource) {
            match self.encryption_within(parent, depth + 1) {
                Fact::Absent => {}
                Fact::Unknown(gap) => return Some(vec![Err(gap)]),
                Fact::Known(mut parts) => {
                    // What stands beside the data of the parent (its secrets, its reports) is not that of its parts.
                    if parts.iter().any(|found| found.part.is_empty()) {
                        parts.retain(|found| found.part.is_empty());
                    }
                    let entry = self.ledger.place(
                        parent.header,
                        Text::new(
                            format!("encrypted as {}", parent.address),
                            format!("chiffrée comme {}", parent.address),
                        ),
                    );
                    return Some(
                        parts
                            .into_iter()
                            .map(|mut found| {
                                found.part = if name.is_empty() {
                                    found.part
                                } else {
                                    Arc::clone(name)
                                };
                                found.basis.evidence.insert(0, entry);
                                Ok(found)
                            })
                            .collect(),
                    );
                }
            }
        }
        None
    }

    /// As what it was made from, when that is encrypted: a volume of an encrypted snapshot is, whatever it says.
    pub(super) fn as_source(
        &mut self,
        part: Part<'a>,
        name: &Arc<str>,
        depth: usize,
    ) -> Option<Vec<Found>> {
        if depth >= MAX_DEPTH || !part.block.is_empty() {
            return None;
        }
        for path in &part.kind.encryption.made_from {
            let Some(value) = self.attribute(part.resource, path) else {
                continue;
            };
            if value.as_str() == Some("") {
                continue;
            }
            let source = self.source_by(part.resource, path, value);
            let Some(source) = source.filter(|source| source.world == World::Terraform) else {
                return Some(vec![Err(self.not_part_of_scan(value, path))]);
            };
            let mut parts = match self.encryption_within(source, depth + 1) {
                Fact::Absent => continue,
                Fact::Unknown(gap) => return Some(vec![Err(gap)]),
                Fact::Known(parts) => parts,
            };
            parts.retain(|found| found.part.is_empty());
            // From what lies in clear it is made in clear, unless it says otherwise.
            if parts.is_empty() || parts.iter().any(|found| found.at_rest == Answer::No) {
                continue;
            }
            let way = self.ledger.way(
                value,
                Text::new(
                    format!("encrypted as {}", source.address),
                    format!("chiffrée comme {}", source.address),
                ),
            );
            return Some(
                parts
                    .into_iter()
                    .map(|mut found| {
                        found.part = Arc::clone(name);
                        found.basis.evidence.splice(0..0, way.iter().copied());
                        Ok(found)
                    })
                    .collect(),
            );
        }
        None
    }

    /// The resource that an attribute names as the source of another.
    fn source_by(&self, resource: &Resource, path: &str, value: &Value) -> Option<&'a Resource> {
        let copied = |kind| matches!(kind, RelationKind::BacksUpTo | RelationKind::ReplicatesTo);
        let mut made = self.graph.incoming(resource.id);
        let named = self.related(resource, path).into_iter().next();
        named
            .or_else(|| {
                let relation =
                    made.find(|relation| copied(relation.kind) && relation.path == path)?;
                self.graph.get(relation.from)
            })
            .or_else(|| {
                let referenced = self.referenced(resource, value);
                let (id, _) = referenced.first()?;
                self.graph.get(*id)
            })
    }

    fn parents_of(&self, resource: &Resource) -> Vec<&'a Resource> {
        let out = self.graph.outgoing(resource.id).iter();
        let belongs = |kind| {
            matches!(
                kind,
                RelationKind::PartOf | RelationKind::AttachedTo | RelationKind::ReadsFrom
            )
        };
        let mut found: Vec<ResourceId> = out
            .filter(|relation| belongs(relation.kind))
            .map(|relation| relation.to)
            .collect();
        found.sort_by_key(|id| *id);
        let copied = |kind| matches!(kind, RelationKind::BacksUpTo | RelationKind::ReplicatesTo);
        found.extend(
            self.graph
                .incoming(resource.id)
                .filter(|relation| copied(relation.kind))
                .map(|relation| relation.from),
        );
        found.dedup();
        found
            .into_iter()
            .take(MAX_CANDIDATES)
            .filter_map(|id| self.graph.get(id))
            .collect()
    }

    /// Resources that an attribute names, by the relations that came of it.
    fn related(&self, resource: &Resource, path: &str) -> Vec<&'a Resource> {
        let out = self.graph.outgoing(resource.id).iter();
        out.filter(|relation| relation.path == path)
            .filter_map(|relation| self.graph.get(relation.to))
            .collect()
    }
}
