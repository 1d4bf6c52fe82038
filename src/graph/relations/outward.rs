//! What objects of a cluster name outside of it that Terraform declares in the same scan: vaults, buckets, hosts.

use hashbrown::HashMap;

use super::{Finder, Relation, RelationKind, Wanted};
use crate::catalog::{Catalog, Class, FactKind, KubernetesKind};
use crate::graph::{Resource, World};
use crate::value::{Path, Value};

impl<'a> Finder<'a> {
    pub(super) fn outward(&mut self, catalog: &'a Catalog, out: &mut Vec<Relation>) {
        // There is nothing outside of it that could be named.
        if self.kinds.is_empty() {
            return;
        }
        let mut kinds: HashMap<&str, Option<&KubernetesKind>> = HashMap::new();
        for resource in self.graph.resources() {
            if resource.world != World::Kubernetes {
                continue;
            }
            let known = kinds.entry(&resource.kind);
            let known = known.or_insert_with(|| catalog.kind_called(&resource.kind));
            if let Some(kind) = *known {
                self.named_outside(resource, kind, out);
            }
        }
    }

    fn named_outside(
        &mut self,
        resource: &'a Resource,
        kind: &'a KubernetesKind,
        out: &mut Vec<Relation>,
    ) {
        for fact in &kind.facts {
            if !matches!(
                fact.fact,
                FactKind::Provider | FactKind::Egress | FactKind::Reference | FactKind::Region
            ) {
                continue;
            }
            let tie = fact.tie.map(super::relation_of_tie);
            let Some(relation) = tie.or(relation_of(kind)) else {
                continue;
            };
            let path = self
                .paths
                .entry(&fact.path)
                .or_insert_with(|| Path::parse(&fact.path).unwrap_or_default());
            for value in resource.attributes.get_all(path) {
                // A map of parameters, or a list of hosts.
                let inner: Vec<&Value> = match (value.entries(), value.elements()) {
                    (Some(entries), _) => entries.iter().map(|(_, value)| value).collect(),
                    (None, Some(elements)) => elements.iter().collect(),
                    (None, None) => vec![value],
                };
                for value in inner {
                    let found = value
                        .as_str()
                        .and_then(|text| self.cited(None, text, Wanted::Nearest(&[])));
                    out.extend(found.map(|to| Relation {
                        from: resource.id,
                        kind: relation,
                        to,
                        path: fact.path.clone(),
                        place: value.origin.place,
                    }));
                }
            }
        }
    }
}

/// Stores of secrets are read, services lead to what they name.
fn relation_of(kind: &KubernetesKind) -> Option<RelationKind> {
    if kind.class.contains(Class::Secrets) {
        return Some(RelationKind::ReadsFrom);
    }
    kind.class
        .contains(Class::Network)
        .then_some(RelationKind::Exposes)
}
