//! Tenants go along the relations: what is part of a tenant's resource is the tenant's, and what the resources of several
//! tenants use is shared by them.

use hashbrown::HashMap;
use std::collections::VecDeque;
use std::rc::Rc;

use super::{Of, Said};
use crate::catalog::Class;
use crate::facts::Text;
use crate::facts::establish::Lens;
use crate::graph::{Graph, Relation, RelationKind, ResourceId};

/// So many tenants of one resource are told: it is shared all the same.
const MAX_TENANTS: usize = 64;

/// So many pieces of evidence are kept of each.
const MAX_EVIDENCE: usize = 4;

/// What is part of a tenant's resource, completes it or is made from it is the tenant's, unless it says otherwise.
///
/// `contained`: what lies in the containers of a cloud, by container.
pub(super) fn inherit(
    graph: &Graph,
    contained: &HashMap<ResourceId, Vec<ResourceId>>,
    said: &mut [Said],
) {
    let given = |said: &Said| matches!(said, Said::Tenants(_) | Said::Unknown(_));
    let mut waiting: VecDeque<ResourceId> = graph
        .resources()
        .iter()
        .map(|resource| resource.id)
        .filter(|id| given(&said[id.index()]))
        .collect();
    while let Some(id) = waiting.pop_front() {
        let mut take = |to: ResourceId| {
            if matches!(said[to.index()], Said::Nothing) {
                said[to.index()] = said[id.index()].clone();
                waiting.push_back(to);
            }
        };
        for relation in graph.incoming(id) {
            if matches!(
                relation.kind,
                RelationKind::PartOf | RelationKind::AttachedTo | RelationKind::ReadsFrom
            ) {
                take(relation.from);
            }
        }
        for inside in contained.get(&id).into_iter().flatten() {
            take(*inside);
        }
        // A volume holds what those that mount it work on.
        let running = |id: ResourceId| {
            let resource = graph.get(id);
            resource.is_some_and(|resource| {
                resource.classes.contains(Class::Workload)
                    || resource.classes.contains(Class::Compute)
            })
        };
        for relation in graph.outgoing(id) {
            let holds = graph
                .get(relation.to)
                .is_some_and(|to| to.classes.contains(Class::HoldsData));
            if relation.kind == RelationKind::AttachedTo && holds && running(id) {
                take(relation.to);
            }
        }
    }
}

/// What several use is theirs together: keys, backups, logs, clusters, front doors, what contains their resources.
pub(super) fn gather(lens: &mut Lens<'_>, said: &mut [Said]) {
    let graph = lens.graph;
    // What says itself whose it is stays so, but for keys and for what receives the data of others.
    let own: Vec<bool> = said
        .iter()
        .map(|said| !matches!(said, Said::Nothing))
        .collect();
    let mut waiting: VecDeque<ResourceId> = graph
        .resources()
        .iter()
        .map(|resource| resource.id)
        .filter(|id| matches!(said[id.index()], Said::Tenants(_)))
        .collect();
    while let Some(id) = waiting.pop_front() {
        let relations = graph.outgoing(id).iter().chain(graph.incoming(id));
        for relation in relations {
            let Some((to, receives)) = used(relation, id) else {
                continue;
            };
            let open = match &said[to.index()] {
                Said::Excluded | Said::Nobody | Said::Unknown(_) => false,
                _ => receives || !own[to.index()],
            };
            if open && to != id && unite(lens, said, relation, id, to) {
                waiting.push_back(to);
            }
        }
    }
}

/// What a resource uses along a relation, and whether the data of the one ends in the other, whoever it says to be.
fn used(relation: &Relation, by: ResourceId) -> Option<(ResourceId, bool)> {
    let Relation { from, to, .. } = *relation;
    match relation.kind {
        RelationKind::EncryptsWith
        | RelationKind::ReplicatesTo
        | RelationKind::BacksUpTo
        | RelationKind::LogsTo
            if from == by =>
        {
            Some((to, true))
        }
        RelationKind::PartOf | RelationKind::AttachedTo | RelationKind::RunsOn if from == by => {
            Some((to, false))
        }
        RelationKind::Exposes if to == by => Some((from, false)),
        _ => None,
    }
}

/// Adds the tenants of one to those of another; answers whether there were new ones.
fn unite(
    lens: &mut Lens<'_>,
    said: &mut [Said],
    relation: &Relation,
    by: ResourceId,
    to: ResourceId,
) -> bool {
    let Said::Tenants(users) = said[by.index()].clone() else {
        return false;
    };
    let known: &[Of] = match &said[to.index()] {
        Said::Tenants(known) => known,
        _ => &[],
    };
    let new: Vec<&Of> = users
        .iter()
        .filter(|of| {
            known
                .binary_search_by_key(&of.tenant, |of| of.tenant)
                .is_err()
        })
        .take(MAX_TENANTS.saturating_sub(known.len()))
        .collect();
    if new.is_empty() {
        return false;
    }
    let Some(user) = lens.graph.get(by) else {
        return false;
    };
    let label = Text::new(
        format!("serves {}", user.address),
        format!("sert {}", user.address),
    );
    let place = relation.place.unwrap_or(user.header);
    let step = lens.ledger.place(place, label);
    let mut all = known.to_vec();
    for of in new {
        let mut evidence = vec![step];
        evidence.extend(of.evidence.iter().take(MAX_EVIDENCE - 1));
        all.push(Of {
            tenant: of.tenant,
            evidence,
        });
    }
    all.sort_by_key(|of| of.tenant);
    said[to.index()] = Said::Tenants(Rc::new(all));
    true
}
