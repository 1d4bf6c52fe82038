//! Namespaces below others: what a namespace says of its tenant holds for those under it, and for what lies in them.

use hashbrown::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::words::Words;
use super::{Of, Said, Tenants};
use crate::facts::Text;
use crate::facts::establish::Lens;
use crate::graph::Resource;
use crate::source::Place;

/// So many namespaces above one are looked at.
const MAX_DEPTH: usize = 16;

/// The namespace above one, and where that is said. None: several are said.
type Parents = HashMap<Arc<str>, Option<(Arc<str>, Place)>>;

/// Gives what nobody's label names the tenant of the namespaces above it.
pub(super) fn inherit(
    lens: &mut Lens<'_>,
    words: &Words,
    tenants: &mut Tenants,
    said: &mut [Said],
) {
    let parents = parents(lens, words);
    if parents.is_empty() {
        return;
    }
    let spaces = spaces(lens, said);
    let graph = lens.graph;
    for resource in graph.resources() {
        if resource.root.is_some() || !matches!(said[resource.id.index()], Said::Nothing) {
            continue;
        }
        let Some(mut at) = space_of(resource) else {
            continue;
        };
        let mut way = Vec::new();
        for _ in 0..MAX_DEPTH {
            let Some(Some((parent, place))) = parents.get(&at) else {
                break;
            };
            way.push((Arc::clone(parent), *place));
            at = Arc::clone(parent);
            let found = match spaces.get(&at) {
                Some(found) => found.clone(),
                // A namespace that is not part of the scan may be named after its tenant.
                None => words
                    .prefixed(&at, |facts| &facts.namespace_prefixes)
                    .map(|(_, tenant)| (tenants.id(&tenant.into()), Vec::new())),
            };
            let Some((tenant, above)) = found else {
                continue;
            };
            let mut evidence: Vec<_> = way
                .iter()
                .map(|(parent, place)| {
                    let label = Text::new(
                        format!("below the namespace `{parent}`"),
                        format!("sous l’espace de noms `{parent}`"),
                    );
                    lens.ledger.place(*place, label)
                })
                .collect();
            evidence.extend(above);
            said[resource.id.index()] = Said::Tenants(Rc::new(vec![Of { tenant, evidence }]));
            break;
        }
    }
}

/// The namespace that a resource is, or lies in.
fn space_of(resource: &Resource) -> Option<Arc<str>> {
    match &*resource.kind {
        "Namespace" => Some(Arc::clone(&resource.name)),
        _ => resource.namespace.clone(),
    }
}

/// A name that an object gives, and where.
fn name<'a>(
    lens: &mut Lens<'a>,
    resource: &'a Resource,
    path: &'static str,
) -> Option<(Arc<str>, Option<Place>)> {
    let value = lens.attribute(resource, path)?;
    Some((value.as_str()?.into(), value.origin.place))
}

fn parents(lens: &mut Lens<'_>, words: &Words) -> Parents {
    let mut parents = Parents::new();
    let graph = lens.graph;
    for fact in words.facts.into_iter().flat_map(|facts| &facts.hierarchy) {
        for resource in graph.of_kind(&fact.kind) {
            let Some(resource) = graph.get(*resource) else {
                continue;
            };
            let child = name(lens, resource, &fact.child);
            let parent = name(lens, resource, &fact.parent);
            let (Some((child, at)), Some((parent, place))) = (child, parent) else {
                continue;
            };
            let place = place.or(at).unwrap_or(resource.header);
            parents
                .entry(child)
                .and_modify(|known| {
                    if known.as_ref().is_some_and(|(name, _)| *name != parent) {
                        *known = None;
                    }
                })
                .or_insert(Some((parent, place)));
        }
    }
    parents
}

/// What the namespaces of the scan say of one tenant, by name; nothing where two of one name differ.
fn spaces(
    lens: &Lens<'_>,
    said: &[Said],
) -> HashMap<Arc<str>, Option<(super::Id, Vec<crate::facts::EvidenceId>)>> {
    let mut spaces = HashMap::new();
    for id in lens.graph.of_kind("Namespace") {
        let Some(resource) = lens.graph.get(*id) else {
            continue;
        };
        let one = match &said[id.index()] {
            Said::Tenants(all) => match all.as_slice() {
                [of] => Some((of.tenant, of.evidence.clone())),
                _ => None,
            },
            _ => None,
        };
        let same = |known: &Option<(super::Id, Vec<_>)>| {
            known.as_ref().map(|(id, _)| *id) == one.as_ref().map(|(id, _)| *id)
        };
        match spaces.get(&resource.name) {
            Some(known) if same(known) => {}
            Some(_) => {
                spaces.insert(Arc::clone(&resource.name), None);
            }
            None => {
                spaces.insert(Arc::clone(&resource.name), one);
            }
        }
    }
    spaces
}
