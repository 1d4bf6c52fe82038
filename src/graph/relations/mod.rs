//! The typed relations between resources, read from what attributes refer to and what the catalogue says they mean.
//!
//! Only attributes that the catalogue names are looked at, once each, and names are found through an index: the work
//! grows with the code, not with its square.

mod clusters;
mod names;
mod objects;
mod outward;
mod selected;
mod service;
mod stores;

use std::sync::{Arc, OnceLock};

use hashbrown::HashMap;

use names::Names;
use rayon::prelude::*;
pub(crate) use stores::written;

use super::embedded;
use super::{Graph, GraphBuilder, Relation, RelationKind, Resource, ResourceId, World};
use crate::catalog::{Catalog, Category, Companion, KeyKind, ResourceKind};
use crate::kubernetes::{self, Link, Manifests, Tie};
use crate::value::{Path, Value};

/// Derives every relation. Manifests are the resources from `first_manifest` on; `links`: how they hang together.
pub(super) fn add(
    builder: &mut GraphBuilder,
    manifests: &Manifests,
    links: Vec<Link<'_>>,
    first_manifest: u32,
    catalog: &Catalog,
) {
    let mut found = Vec::new();
    let mut finder = Finder::new(builder.so_far(), catalog);
    finder.find(&mut found);
    let clusters = finder.clusters(catalog);
    finder.seats(&clusters, &mut found);
    finder.objects(&clusters, manifests, first_manifest, &mut found);
    finder.outward(catalog, &mut found);
    drop(finder);
    let together = embedded::together(
        builder.so_far(),
        catalog,
        &clusters,
        manifests,
        first_manifest,
    );
    let first = first_manifest as usize;
    found.reserve(links.len());
    linked(links, &mut found, |at| {
        u32::try_from(first + at).ok().map(ResourceId)
    });
    for one in &together {
        let links = kubernetes::links(&one.manifests, catalog);
        linked(links, &mut found, |at| one.ids.get(at).copied());
    }
    builder.clusters(clusters);
    builder.relations(found);
}

/// Relations of the links between objects; `id`: the resource that an object is.
fn linked(
    links: Vec<Link<'_>>,
    found: &mut Vec<Relation>,
    id: impl Fn(usize) -> Option<ResourceId>,
) {
    for link in links {
        let (Some(from), Some(to)) = (id(link.from), id(link.to)) else {
            continue;
        };
        let kind = relation_of_tie(link.tie);
        found.push(Relation {
            from,
            kind,
            to,
            path: link.path.to_owned(),
            place: link.place,
        });
    }
}

/// A relation between objects, among those of all resources.
fn relation_of_tie(tie: Tie) -> RelationKind {
    match tie {
        Tie::PartOf => RelationKind::PartOf,
        Tie::AttachedTo => RelationKind::AttachedTo,
        Tie::RunsOn => RelationKind::RunsOn,
        Tie::ReadsFrom => RelationKind::ReadsFrom,
        Tie::BacksUpTo => RelationKind::BacksUpTo,
        Tie::ReplicatesTo => RelationKind::ReplicatesTo,
        Tie::Exposes => RelationKind::Exposes,
        Tie::EncryptsWith => RelationKind::EncryptsWith,
    }
}

/// What a target must be for a reference to mean something.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    /// Something that stands for a key.
    Key,
    /// One of these types; none of them: the nearest type that the catalogue knows.
    Parent(&'a [String]),
    /// Exactly this type.
    Type(&'a str),
    /// Something that keeps data, or a key.
    Store,
    /// The nearest of these types; none of them: the nearest type that the catalogue knows.
    Nearest(&'a [String]),
}

/// Which way a relation points.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// From the resource that writes the attribute.
    Out,
    /// To it.
    In,
}

struct Finder<'a> {
    graph: &'a Graph,
    kinds: Arc<HashMap<&'a str, Option<&'a ResourceKind>>>,
    paths: HashMap<&'a str, Path>,
    /// Which types a type completes, as those types say.
    completes: Arc<HashMap<&'a str, Vec<(&'a str, &'a Companion)>>>,
    names: Arc<Names<'a>>,
    /// Types of clusters that are present.
    cluster_kinds: Vec<&'a str>,
    /// What settings of accounts copy, by provider configuration and type.
    accounts: Option<stores::Accounts<'a>>,
    /// What holds data and has tags, by provider configuration.
    tagged: Arc<OnceLock<selected::Tagged<'a>>>,
}

/// Resources that one thread takes at a time.
const AT_A_TIME: usize = 1_024;

impl<'a> Finder<'a> {
    fn new(graph: &'a Graph, catalog: &'a Catalog) -> Self {
        let mut kinds = HashMap::new();
        for resource in graph
            .resources()
            .iter()
            .filter(|r| r.world != World::Kubernetes)
        {
            kinds
                .entry(&*resource.kind)
                .or_insert_with(|| catalog.resource_kind(&resource.kind));
        }
        let mut present: Vec<&ResourceKind> = kinds.values().copied().flatten().collect();
        present.sort_by(|a, b| a.name.cmp(&b.name));
        let mut completes: HashMap<&str, Vec<(&str, &Companion)>> = HashMap::new();
        for kind in &present {
            for companion in &kind.encryption.companions {
                completes
                    .entry(&companion.kind)
                    .or_default()
                    .push((&kind.name, companion));
            }
        }
        let names = Names::new(graph, &kinds, &present);
        let clusters = present.iter().filter(|kind| kind.cluster);
        let cluster_kinds = clusters.map(|kind| kind.name.as_str()).collect();
        Self {
            cluster_kinds,
            graph,
            kinds: Arc::new(kinds),
            paths: HashMap::new(),
            completes: Arc::new(completes),
            names: Arc::new(names),
            accounts: None,
            tagged: Arc::default(),
        }
    }

    /// One more for another thread, which shares all that is found out once.
    fn another(&self) -> Self {
        Self {
            graph: self.graph,
            kinds: Arc::clone(&self.kinds),
            paths: HashMap::new(),
            completes: Arc::clone(&self.completes),
            names: Arc::clone(&self.names),
            cluster_kinds: Vec::new(),
            accounts: None,
            tagged: Arc::clone(&self.tagged),
        }
    }

    fn find(&mut self, out: &mut Vec<Relation>) {
        let resources = self.graph.resources();
        let parts: Vec<Vec<Relation>> = resources
            .par_chunks(AT_A_TIME)
            .map(|part| {
                let mut finder = self.another();
                let mut found = Vec::new();
                for resource in part {
                    if let Some(kind) = finder.managed(resource) {
                        finder.of(resource, kind, &mut found);
                    }
                }
                found
            })
            .collect();
        out.extend(parts.into_iter().flatten());
        // The first setting of an account counts: they are met in order.
        for resource in resources {
            if let Some(kind) = self.managed(resource) {
                self.copies_all(resource, kind, out);
            }
        }
    }

    /// The type of a resource. What is only read relates to nothing by itself; references to it count.
    fn managed(&self, resource: &Resource) -> Option<&'a ResourceKind> {
        self.kind(resource)
            .filter(|_| resource.world == World::Terraform)
    }

    fn of(&mut self, resource: &'a Resource, kind: &'a ResourceKind, out: &mut Vec<Relation>) {
        self.places(resource, kind, out);
        self.keys(resource, kind, out);
        self.flows(resource, kind, out);
        self.companions(resource, out);
        self.service(resource, kind, out);
    }

    fn kind(&self, resource: &Resource) -> Option<&'a ResourceKind> {
        self.kinds.get(&*resource.kind).copied().flatten()
    }

    /// What contains it and what it completes.
    fn places(&mut self, resource: &'a Resource, kind: &'a ResourceKind, out: &mut Vec<Relation>) {
        if let Some(parent) = &kind.parent {
            self.relate(
                resource,
                &parent.attr,
                RelationKind::PartOf,
                Wanted::Parent(&parent.types),
                Way::Out,
                out,
            );
        }
        for attr in &kind.parent_alternatives {
            self.relate(
                resource,
                attr,
                RelationKind::PartOf,
                Wanted::Parent(&[]),
                Way::Out,
                out,
            );
        }
        for link in &kind.attaches_to {
            self.relate(
                resource,
                &link.attr,
                RelationKind::AttachedTo,
                Wanted::Type(&link.kind),
                Way::Out,
                out,
            );
        }
    }

    /// The keys it uses, and for what stands for a key, the key behind it.
    fn keys(&mut self, resource: &'a Resource, kind: &'a ResourceKind, out: &mut Vec<Relation>) {
        let encryption = &kind.encryption;
        let mut paths: Vec<&'a str> = encryption.key_paths.iter().map(String::as_str).collect();
        paths.extend(
            encryption
                .key_scopes
                .iter()
                .flat_map(|scope| &scope.paths)
                .map(String::as_str),
        );
        if let Some(key) = &kind.key {
            paths.extend(
                [&key.target_path, &key.wraps_key_path, &key.primary_path]
                    .into_iter()
                    .flatten()
                    .map(String::as_str),
            );
            if key.kind == KeyKind::KeyVersion {
                paths.extend(kind.attaches_to.iter().map(|link| link.attr.as_str()));
                paths.extend(kind.parent.iter().map(|parent| parent.attr.as_str()));
            }
        }
        paths.sort_unstable();
        paths.dedup();
        for path in paths {
            self.relate(
                resource,
                path,
                RelationKind::EncryptsWith,
                Wanted::Key,
                Way::Out,
                out,
            );
        }
        for link in &encryption.linked {
            self.relate(
                resource,
                &link.attr,
                RelationKind::AttachedTo,
                Wanted::Type(&link.kind),
                Way::Out,
                out,
            );
        }
    }

    /// Where its data goes and comes from.
    fn flows(&mut self, resource: &'a Resource, kind: &'a ResourceKind, out: &mut Vec<Relation>) {
        let backup = kind.category == Category::Backup;
        let copy = if backup {
            RelationKind::BacksUpTo
        } else {
            RelationKind::ReplicatesTo
        };
        for path in &kind.replication {
            // The attribute of a copy names its source.
            let way = if kind.replication_role.is_some() || kind.replication_sources.contains(path)
            {
                Way::In
            } else {
                Way::Out
            };
            self.relate(resource, path, copy, Wanted::Store, way, out);
            if kind.replication_role.is_some() && kind.holds_data {
                self.group(resource, path, out);
            }
        }
        let egress = if backup {
            RelationKind::BacksUpTo
        } else {
            RelationKind::LogsTo
        };
        let mut said = Vec::new();
        for path in &kind.data_egress {
            self.relate(resource, path, egress, Wanted::Store, Way::Out, &mut said);
        }
        let (source, way) = if backup {
            (RelationKind::BacksUpTo, Way::In)
        } else {
            (RelationKind::ReadsFrom, Way::Out)
        };
        for path in &kind.data_source_refs {
            self.relate(resource, path, source, Wanted::Store, way, &mut said);
        }
        self.selected(resource, kind, source, &mut said);
        self.speak(resource, kind, said, out);
        if backup
            && kind.holds_data
            && let Some(parent) = &kind.parent
        {
            // A snapshot is part of nothing: it is the backup of what it names.
            self.relate(
                resource,
                &parent.attr,
                RelationKind::BacksUpTo,
                Wanted::Store,
                Way::In,
                out,
            );
        }
    }

    /// What it adds to a resource that it completes: the key it brings, the copy it makes.
    fn companions(&mut self, resource: &'a Resource, out: &mut Vec<Relation>) {
        let Some(completed) = self.completes.get(&*resource.kind).cloned() else {
            return;
        };
        for (kind, companion) in completed {
            let Some(link) = companion.link.as_deref().filter(|link| !link.is_empty()) else {
                continue;
            };
            let mut owners = Vec::new();
            self.relate(
                resource,
                link,
                RelationKind::AttachedTo,
                Wanted::Type(kind),
                Way::Out,
                &mut owners,
            );
            for owner in owners
                .iter()
                .map(|relation| relation.to)
                .collect::<Vec<_>>()
            {
                let mut brought = Vec::new();
                if companion.replication.is_empty() {
                    for path in &companion.key_paths {
                        self.relate(
                            resource,
                            path,
                            RelationKind::EncryptsWith,
                            Wanted::Key,
                            Way::Out,
                            &mut brought,
                        );
                    }
                }
                for path in &companion.replication {
                    self.relate(
                        resource,
                        path,
                        RelationKind::ReplicatesTo,
                        Wanted::Store,
                        Way::Out,
                        &mut brought,
                    );
                }
                out.extend(
                    brought
                        .into_iter()
                        .filter(|relation| relation.to != owner)
                        .map(|relation| Relation {
                            from: owner,
                            ..relation
                        }),
                );
            }
            out.append(&mut owners);
        }
    }

    fn relate(
        &mut self,
        resource: &'a Resource,
        path: &'a str,
        kind: RelationKind,
        wanted: Wanted<'a>,
        way: Way,
        out: &mut Vec<Relation>,
    ) {
        let kind_of_it = self.kind(resource);
        let parsed = self
            .paths
            .entry(path)
            .or_insert_with(|| Path::parse(path).unwrap_or_default());
        if parsed.steps().is_empty() {
            return;
        }
        for value in written(kind_of_it, &resource.attributes, path, parsed) {
            for value in value.elements().unwrap_or(std::slice::from_ref(value)) {
                for target in self.targets(resource, path, value, wanted) {
                    if target == resource.id {
                        continue;
                    }
                    let (from, to) = if way == Way::Out {
                        (resource.id, target)
                    } else {
                        (target, resource.id)
                    };
                    out.push(Relation {
                        from,
                        kind,
                        to,
                        path: path.to_owned(),
                        place: value.origin.place,
                    });
                }
            }
        }
    }

    /// The resources that a value names: by reference, else by a literal that only one resource has as its name.
    fn targets(
        &self,
        resource: &Resource,
        path: &str,
        value: &Value,
        wanted: Wanted<'_>,
    ) -> Vec<ResourceId> {
        if value.is_null() {
            return Vec::new();
        }
        let mut found = Vec::new();
        let mut nearest: Option<&[ResourceId]> = None;
        for (ids, _) in self.graph.referenced(resource.root, &value.origin) {
            let Some(kind) = ids
                .first()
                .and_then(|id| self.graph.get(*id))
                .and_then(|target| self.kind(target))
            else {
                continue;
            };
            if fits(kind, wanted) {
                found.extend(ids);
                if matches!(wanted, Wanted::Nearest(_)) {
                    break;
                }
            } else if matches!(wanted, Wanted::Store) && !kind.stands_for.is_empty() {
                found.extend(self.stood_for(ids, kind));
            } else {
                nearest = nearest.or(Some(ids));
            }
        }
        if found.is_empty()
            && let Some(text) = value.as_str()
        {
            found.extend(self.named(resource, path, text, wanted));
        }
        if found.is_empty() && matches!(wanted, Wanted::Parent(_)) {
            found.extend(nearest.unwrap_or_default());
        }
        found
    }
}

fn fits(kind: &ResourceKind, wanted: Wanted<'_>) -> bool {
    match wanted {
        Wanted::Key => is_key(kind),
        Wanted::Parent(types) | Wanted::Nearest(types) => {
            types.is_empty() || types.contains(&kind.name)
        }
        Wanted::Type(name) => kind.name == name,
        Wanted::Store => kind.holds_data || kind.key.is_some(),
    }
}

/// A key, or something that leads to one.
fn is_key(kind: &ResourceKind) -> bool {
    kind.key
        .as_ref()
        .is_some_and(|key| !matches!(key.kind, KeyKind::KeyStore | KeyKind::Hsm | KeyKind::Import))
}
