//! Whose a resource is by what lies beside it: the container of the cloud it is in, a tenant that its name holds.

use hashbrown::HashMap;
use std::rc::Rc;

use super::words::Words;
use super::{Id, Of, Said, Tenants, canonical};
use crate::catalog::tokens;
use crate::facts::Text;
use crate::facts::establish::Lens;
use crate::graph::{Resource, ResourceId};

/// What lies in the containers of a cloud, by container.
pub(super) fn containers(
    lens: &mut Lens<'_>,
    words: &Words,
) -> HashMap<ResourceId, Vec<ResourceId>> {
    let graph = lens.graph;
    let mut contained: HashMap<ResourceId, Vec<ResourceId>> = HashMap::new();
    let facts = words.facts.into_iter().flat_map(|facts| &facts.container);
    // Only those that the scan declares.
    let facts: Vec<_> = facts
        .filter(|fact| {
            fact.types
                .iter()
                .any(|kind| !graph.of_kind(kind).is_empty())
        })
        .collect();
    if facts.is_empty() {
        return contained;
    }
    for resource in graph.resources() {
        for fact in &facts {
            if !resource.kind.starts_with(fact.prefix.as_str()) {
                continue;
            }
            let Some(value) = resource.attributes.entry(&fact.attribute) else {
                continue;
            };
            for (id, _) in lens.referenced(resource, value) {
                let is =
                    |container: &Resource| fact.types.iter().any(|kind| *kind == *container.kind);
                if id != resource.id && graph.get(id).is_some_and(is) {
                    contained.entry(id).or_default().push(resource.id);
                }
            }
        }
    }
    contained
}

/// Shorter names say too little inside of others.
const SHORTEST: usize = 4;

/// Of what nobody says anything about: a tenant that is known otherwise, named in its name (`backup-chu-nantes`).
pub(super) fn by_known_names(
    lens: &mut Lens<'_>,
    words: &Words,
    tenants: &Tenants,
    said: &mut [Said],
) {
    let mut known: HashMap<String, Vec<(Vec<String>, Id)>> = HashMap::new();
    for (id, name) in tenants.names.iter().enumerate() {
        let parts = tokens(name);
        if canonical(name).len() >= SHORTEST
            && !words.is_nobody(name)
            && let Some(first) = parts.first()
        {
            let of_first = known.entry(first.clone()).or_default();
            of_first.push((parts.clone(), id as Id));
        }
    }
    if known.is_empty() {
        return;
    }
    let graph = lens.graph;
    for resource in graph.resources() {
        if !matches!(said[resource.id.index()], Said::Nothing) {
            continue;
        }
        let named = ["name", "bucket", "identifier", "db_name"].map(|path| {
            let value = resource.attributes.entry(path)?;
            Some((value.as_str()?, value.origin.place?))
        });
        let own = [Some((&*resource.name, resource.header))];
        // Capsule and its like let the name of a namespace start with that of the tenant.
        let space = resource.namespace.as_deref();
        let space = [space.map(|name| (name, resource.header))];
        for (name, place) in own.into_iter().chain(named).chain(space).flatten() {
            let parts = tokens(name);
            let found = (0..parts.len()).find_map(|at| {
                let rest = parts.get(at..)?;
                let of_first = known.get(rest.first()?)?;
                // The longest name that fits: `chu-lille-nord` is not `chu-lille`.
                let fitting = of_first.iter().filter(|(name, _)| rest.starts_with(name));
                fitting
                    .max_by_key(|(name, _)| name.len())
                    .map(|(_, id)| *id)
            });
            if let Some(tenant) = found {
                let label = Text::new("its name holds the tenant", "son nom porte le client");
                let evidence = vec![lens.ledger.place(place, label)];
                said[resource.id.index()] = Said::Tenants(Rc::new(vec![Of { tenant, evidence }]));
                break;
            }
        }
    }
}
