//! Whose data it is: tenant labels, namespaces, the key of a collection of tenants; then what it is part of.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::establish::{Kind, Lens};
use super::{Tenancy, Tenant};
use crate::catalog::{Category, normalise};
use crate::graph::{RelationKind, Resource};
use crate::value::Step;

/// The tenancy of every resource.
pub(super) fn establish(lens: &mut Lens<'_>) -> Vec<Tenancy> {
    let keys = Keys::new(lens);
    let graph = lens.graph;
    let mut tenants: Vec<BTreeSet<Arc<str>>> = graph
        .resources()
        .iter()
        .map(|resource| own(lens, &keys, resource))
        .collect();
    // What is part of a tenant's resource is the tenant's, two steps down at most.
    for _ in 0..2 {
        for relation in graph.relations() {
            if matches!(
                relation.kind,
                RelationKind::PartOf | RelationKind::AttachedTo
            ) && tenants[relation.from.index()].is_empty()
            {
                tenants[relation.from.index()] = tenants[relation.to.index()].clone();
            }
        }
    }
    tenants
        .into_iter()
        .map(|mut tenants| match tenants.len() {
            0 => Tenancy::Unattributed,
            1 => tenants.pop_first().map_or(Tenancy::Unattributed, |name| {
                Tenancy::Dedicated(without_evidence(name))
            }),
            _ => Tenancy::Shared(tenants.into_iter().map(without_evidence).collect()),
        })
        .collect()
}

fn without_evidence(name: Arc<str>) -> Tenant {
    Tenant {
        name,
        evidence: Vec::new(),
    }
}

struct Keys {
    labels: BTreeSet<String>,
    kubernetes: BTreeSet<String>,
    collections: BTreeSet<String>,
    excluded: Vec<Category>,
    traps: Vec<(String, &'static [String])>,
}

impl Keys {
    fn new(lens: &Lens<'_>) -> Self {
        let facts = lens.catalog.tenancy();
        let mut labels: BTreeSet<String> = lens
            .settings
            .config
            .tenancy
            .keys
            .iter()
            .map(|key| normalise(&key.value))
            .collect();
        labels.extend(
            facts
                .into_iter()
                .flat_map(|facts| &facts.keys)
                .map(|key| normalise(key)),
        );
        Self {
            labels,
            kubernetes: facts
                .into_iter()
                .flat_map(|facts| facts.kubernetes_keys.iter().cloned())
                .collect(),
            collections: facts
                .into_iter()
                .flat_map(|facts| &facts.collections)
                .map(|name| normalise(name))
                .collect(),
            excluded: facts
                .map(|facts| facts.excluded_categories.clone())
                .unwrap_or_default(),
            traps: facts
                .into_iter()
                .flat_map(|facts| &facts.traps)
                .map(|trap| (normalise(&trap.key), trap.prefixes.as_slice()))
                .collect(),
        }
    }

    fn names_tenant(&self, key: &str, kind: &str) -> bool {
        if self.kubernetes.contains(key) {
            return true;
        }
        let last = normalise(key.rsplit('/').next().unwrap_or(key));
        let trapped = self.traps.iter().any(|(trap, prefixes)| {
            *trap == last
                && !prefixes.is_empty()
                && prefixes
                    .iter()
                    .any(|prefix| kind.starts_with(prefix.as_str()))
        });
        self.labels.contains(&last) && !trapped
    }
}

fn own(lens: &mut Lens<'_>, keys: &Keys, resource: &Resource) -> BTreeSet<Arc<str>> {
    let mut tenants = BTreeSet::new();
    let Some(resource) = lens.graph.get(resource.id) else {
        return tenants;
    };
    if let Some(Kind::Terraform(kind)) = lens.kinds[resource.id.index()]
        && keys.excluded.contains(&kind.category)
    {
        return tenants;
    }
    for label in &lens.labels[resource.id.index()].all {
        if keys.names_tenant(&label.key, &resource.kind)
            && let Some(text) = label.value.as_text()
            && !text.is_empty()
        {
            tenants.insert(text.as_ref().into());
        }
    }
    if tenants.is_empty()
        && let Some(key) = &resource.instance_key
        && let Some(text) = key.as_str()
        && over_tenants(key, keys)
    {
        tenants.insert(text.into());
    }
    tenants
}

/// `for_each` over a collection that is named after tenants.
fn over_tenants(key: &crate::value::Value, keys: &Keys) -> bool {
    key.origin.chain().into_iter().any(|(_, step)| match step {
        Some(Step::Variable { name, .. } | Step::Local(name)) => {
            keys.collections.contains(&normalise(&name))
        }
        _ => false,
    })
}
