//! Which clusters a provider block reaches: objects that are applied through it run there.

use hashbrown::HashSet;

use super::{Finder, Relation, RelationKind, Wanted};
use crate::catalog::{Catalog, TerraformProvider};
use crate::graph::{Citation, Provider, Resource, ResourceId, RootId, World};
use crate::value::{Origin, Value};

/// So many resources are looked through on the way from a provider block to a cluster: tokens, kubeconfig files.
const MAX_LOOKED_THROUGH: usize = 32;
/// Arguments look through so many values at most.
const MAX_VALUES: usize = 256;

impl<'a> Finder<'a> {
    /// For each provider configuration the clusters that its arguments lead to, in the order of the arguments.
    pub(super) fn clusters(&self, catalog: &Catalog) -> Vec<Vec<Citation>> {
        let mut roots: Vec<Option<RootId>> = vec![None; self.graph.providers().len()];
        for resource in self.graph.resources() {
            if let Some(provider) = resource.provider
                && let Some(root) = roots.get_mut(provider.0 as usize)
            {
                *root = resource.root;
            }
        }
        let providers = self.graph.providers().iter().zip(roots);
        providers
            .map(|(provider, root)| match root {
                Some(_) => match catalog.terraform_provider(&provider.source) {
                    Some(facts) if facts.in_cluster => self.reached(provider, root, facts),
                    _ => Vec::new(),
                },
                None => Vec::new(),
            })
            .collect()
    }

    fn reached(
        &self,
        provider: &Provider,
        root: Option<RootId>,
        facts: &TerraformProvider,
    ) -> Vec<Citation> {
        let mut values = Vec::new();
        collect(&provider.config, &mut String::new(), &mut values);
        // The address says it best.
        values.sort_by_key(|(path, _)| !facts.endpoint_paths.contains(path));
        let mut found: Vec<Citation> = Vec::new();
        for (path, value) in values {
            for cluster in self.clusters_behind(value, root) {
                if !found.iter().any(|before| before.cluster == cluster) {
                    found.push(Citation {
                        cluster,
                        path: path.clone(),
                        place: value.origin.place,
                    });
                }
            }
        }
        found
    }

    /// Clusters that a value names: by reference, straight or through what hands out its certificates and tokens, else by
    /// a name or an ARN that only one cluster of the root has.
    fn clusters_behind(&self, value: &Value, root: Option<RootId>) -> Vec<ResourceId> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        let mut open = self.behind(root, &value.origin);
        while let Some(id) = open.pop() {
            if seen.len() >= MAX_LOOKED_THROUGH || !seen.insert(id) {
                continue;
            }
            let Some(target) = self.graph.get(id) else {
                continue;
            };
            if self.is_cluster(target) {
                let declared = self.declared(target);
                if !found.contains(&declared) {
                    found.push(declared);
                }
            } else if self.hands_out(target) {
                let mut values = Vec::new();
                collect(&target.attributes, &mut String::new(), &mut values);
                for (_, value) in values {
                    open.extend(self.behind(root, &value.origin));
                    open.extend(self.cluster_named(root, value));
                }
            }
        }
        if found.is_empty() {
            found.extend(self.cluster_named(root, value));
        }
        found
    }

    /// The nearest resources behind an origin.
    fn behind(&self, root: Option<RootId>, origin: &Origin) -> Vec<ResourceId> {
        let referenced = self.graph.referenced(root, origin);
        referenced
            .iter()
            .flat_map(|(ids, _)| ids.iter().copied())
            .take(MAX_LOOKED_THROUGH)
            .collect()
    }

    fn is_cluster(&self, resource: &Resource) -> bool {
        self.kind(resource).is_some_and(|kind| kind.cluster)
    }

    /// Data sources, files, and what else is neither a service nor a store of its own: they only pass on what they were
    /// given.
    fn hands_out(&self, resource: &Resource) -> bool {
        resource.world == World::TerraformData
            || self.kind(resource).is_none_or(|kind| !kind.holds_data)
    }

    /// The cluster that a data source reads, when the scan declares it; else the data source.
    fn declared(&self, cluster: &Resource) -> ResourceId {
        if cluster.world == World::Terraform {
            return cluster.id;
        }
        let mut values = Vec::new();
        collect(&cluster.attributes, &mut String::new(), &mut values);
        let mut declared = None;
        for (_, value) in values {
            let behind = self.behind(cluster.root, &value.origin);
            let named = self.cluster_named(cluster.root, value);
            for id in behind.into_iter().chain(named) {
                let managed = self.graph.get(id).is_some_and(|target| {
                    target.world == World::Terraform && self.is_cluster(target)
                });
                if managed && declared.is_none_or(|before| before == id) {
                    declared = Some(id);
                } else if managed {
                    return cluster.id;
                }
            }
        }
        declared.unwrap_or(cluster.id)
    }

    /// The only cluster of a root that has a text as its name or identifier.
    fn cluster_named(&self, root: Option<RootId>, value: &Value) -> Option<ResourceId> {
        let text = value.as_str()?;
        let mut found = None;
        for kind in &self.cluster_kinds {
            let wanted = Wanted::Type(kind);
            let named = self.names.find(root, "name", text, wanted);
            if let Some(id) = named.or_else(|| self.cited(root, text, wanted)) {
                if found.is_some_and(|before| before != id) {
                    return None;
                }
                found = Some(id);
            }
        }
        found
    }

    /// Objects run on the cluster that their provider block reaches, when it is one. What a chart makes is part of the release
    /// that installs it, and runs where that does.
    pub(super) fn seats(&self, clusters: &[Vec<Citation>], out: &mut Vec<Relation>) {
        for resource in self.graph.resources() {
            let release = resource.release.and_then(|id| self.graph.get(id));
            if let Some(release) = release {
                out.push(Relation {
                    from: resource.id,
                    kind: RelationKind::PartOf,
                    to: release.id,
                    path: String::new(),
                    place: Some(release.header),
                });
            }
            let applied = release.unwrap_or(resource);
            let cited = applied
                .provider
                .and_then(|provider| clusters.get(provider.0 as usize));
            if let Some([citation]) = cited.map(Vec::as_slice)
                && applied.world == World::Terraform
            {
                out.push(Relation {
                    from: resource.id,
                    kind: RelationKind::RunsOn,
                    to: citation.cluster,
                    path: citation.path.clone(),
                    place: citation.place,
                });
            }
        }
    }
}

/// Every scalar or unknown inside a value, with its path.
fn collect<'v>(value: &'v Value, path: &mut String, out: &mut Vec<(String, &'v Value)>) {
    if out.len() >= MAX_VALUES || value.is_null() {
        return;
    }
    if let Some(entries) = value.entries() {
        for (name, value) in entries {
            let before = path.len();
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(name);
            collect(value, path, out);
            path.truncate(before);
        }
    } else if let Some(elements) = value.elements() {
        for element in elements {
            collect(element, path, out);
        }
    } else {
        out.push((path.clone(), value));
    }
}
