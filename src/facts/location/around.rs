//! A place taken from what a resource belongs to: what contains it, what it completes.

use super::region::dedup;
use crate::catalog::{Certainty, ResourceKind};
use crate::facts::establish::Lens;
use crate::facts::{Fact, Gap, Location, Text};
use crate::graph::{RelationKind, Resource, ResourceId};
use crate::value::Value;

/// How many candidates are looked at where the code should have one.
const MAX_CANDIDATES: usize = 64;

impl<'a> Lens<'a> {
    pub(super) fn location_of_parent(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
    ) -> Option<Fact<Location>> {
        // What it names may be elsewhere on purpose: a replica, a copy in another region.
        if kind.placed_apart {
            return None;
        }
        let types = kind
            .parent
            .as_ref()
            .map_or(&[][..], |parent| &parent.types[..]);
        let attributes = kind
            .parent
            .iter()
            .map(|parent| parent.attr.as_str())
            .chain(kind.parent_alternatives.iter().map(String::as_str))
            .chain(kind.attaches_to.iter().map(|link| link.attr.as_str()));
        let mut missing = None;
        for attr in attributes {
            let Some(value) = self.attribute(resource, attr) else {
                continue;
            };
            let label = Text::new(
                format!("`{attr}` of the resource"),
                format!("`{attr}` de la ressource"),
            );
            let parents = self.parents(resource, attr, value, types);
            let in_scan = !parents.is_empty();
            for id in parents {
                let Some(parent) = self.graph.get(id) else {
                    continue;
                };
                match self.location_of(parent) {
                    Fact::Known(mut location) => {
                        let mut evidence = self.ledger.way(value, label);
                        evidence.append(&mut location.basis.evidence);
                        location.basis.evidence = dedup(evidence);
                        return Some(Fact::Known(location));
                    }
                    Fact::Unknown(gap) => missing = missing.or(Some(gap)),
                    Fact::Absent => {}
                }
            }
            let way = self.ledger.way(value, label);
            if !in_scan
                && let Some(text) = value.as_str()
                && let Some(found @ Fact::Known(_)) =
                    self.place_in_identifier(resource, kind, text, way.clone())
            {
                return Some(found);
            }
            if missing.is_none() && kind.location.is_empty() && !kind.location_inherits {
                missing = Some(Gap {
                    reason: Text::new(
                        format!("it is where `{attr}` is, which is not part of the scan"),
                        format!(
                            "elle se trouve là où est `{attr}`, qui ne fait pas partie de l’analyse"
                        ),
                    ),
                    evidence: way,
                });
            }
        }
        missing.map(Fact::Unknown)
    }

    /// From what places it without being named, as an application places its services. Two of them place nothing.
    pub(super) fn location_of_companion(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
    ) -> Option<Fact<Location>> {
        let placed_by = kind.placed_by.as_deref()?;
        let graph = self.graph;
        let mut beside = graph
            .of_kind(placed_by)
            .iter()
            .take(MAX_CANDIDATES)
            .filter_map(|id| graph.get(*id))
            .filter(|other| other.root == resource.root);
        let (only, None) = (beside.next()?, beside.next()) else {
            return None;
        };
        let mut found = self.location_of(only);
        if let Fact::Known(location) = &mut found {
            let mut evidence = vec![self.header(only)];
            evidence.append(&mut location.basis.evidence);
            location.basis.evidence = dedup(evidence);
            location.basis.certainty = Certainty::Probable;
        }
        Some(found)
    }

    /// What an attribute names: by reference, those of the wanted types first; else by the name or identifier that a
    /// resource of the scan has.
    fn parents(
        &self,
        resource: &'a Resource,
        attr: &str,
        value: &Value,
        types: &[String],
    ) -> Vec<ResourceId> {
        let referenced = self.referenced(resource, value);
        if !referenced.is_empty() {
            let wanted = |id: &ResourceId| {
                self.graph.get(*id).is_some_and(|target| {
                    types.is_empty() || types.iter().any(|kind| **kind == *target.kind)
                })
            };
            let mut found: Vec<ResourceId> = referenced.into_iter().map(|(id, _)| id).collect();
            found.sort_by_key(|id| !wanted(id));
            return found;
        }
        let relations = self.graph.outgoing(resource.id).iter();
        relations
            .filter(|relation| {
                relation.path == attr
                    && matches!(
                        relation.kind,
                        RelationKind::PartOf | RelationKind::AttachedTo
                    )
            })
            .map(|relation| relation.to)
            .collect()
    }
}
