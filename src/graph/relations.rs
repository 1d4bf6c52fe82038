//! The typed relations between resources, read from what attributes refer to and what the catalogue says they mean.
//!
//! Only attributes that the catalogue names are looked at, once each, and names are found through an index: the work
//! grows with the code, not with its square.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Graph, GraphBuilder, Relation, RelationKind, Resource, ResourceId, RootId, World};
use crate::catalog::{Catalog, Category, Companion, KeyKind, ResourceKind};
use crate::kubernetes::{self, Manifests, Tie};
use crate::value::{Path, Value};

/// Derives every relation. Manifests are the resources from `first_manifest` on.
pub(super) fn add(
    builder: &mut GraphBuilder,
    manifests: &Manifests,
    first_manifest: u32,
    catalog: &Catalog,
) {
    let mut found = Vec::new();
    Finder::new(builder.so_far(), catalog).find(&mut found);
    for link in kubernetes::links(manifests, catalog) {
        let id = |index: usize| {
            u32::try_from(index)
                .ok()
                .and_then(|at| first_manifest.checked_add(at))
                .map(ResourceId)
        };
        let (Some(from), Some(to)) = (id(link.from), id(link.to)) else {
            continue;
        };
        let kind = match link.tie {
            Tie::PartOf => RelationKind::PartOf,
            Tie::AttachedTo => RelationKind::AttachedTo,
            Tie::RunsOn => RelationKind::RunsOn,
            Tie::Exposes => RelationKind::Exposes,
        };
        found.push(Relation {
            from,
            kind,
            to,
            path: String::new(),
            place: link.place,
        });
    }
    for relation in found {
        builder.relation(relation);
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
    kinds: HashMap<&'a str, Option<&'a ResourceKind>>,
    paths: HashMap<&'a str, Path>,
    /// Which types a type completes, as those types say.
    completes: HashMap<&'a str, Vec<(&'a str, &'a Companion)>>,
    names: Names<'a>,
}

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
        Self {
            graph,
            kinds,
            paths: HashMap::new(),
            completes,
            names,
        }
    }

    fn find(mut self, out: &mut Vec<Relation>) {
        for resource in self.graph.resources() {
            // What is only read relates to nothing by itself; references to it count.
            if resource.world != World::Terraform {
                continue;
            }
            let Some(kind) = self.kind(resource) else {
                continue;
            };
            self.places(resource, kind, out);
            self.keys(resource, kind, out);
            self.flows(resource, kind, out);
            self.companions(resource, out);
        }
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
        }
        let egress = if backup {
            RelationKind::BacksUpTo
        } else {
            RelationKind::LogsTo
        };
        for path in &kind.data_egress {
            self.relate(resource, path, egress, Wanted::Store, Way::Out, out);
        }
        let (source, way) = if backup {
            (RelationKind::BacksUpTo, Way::In)
        } else {
            (RelationKind::ReadsFrom, Way::Out)
        };
        for path in &kind.data_source_refs {
            self.relate(resource, path, source, Wanted::Store, way, out);
        }
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
        let parsed = self
            .paths
            .entry(path)
            .or_insert_with(|| Path::parse(path).unwrap_or_default());
        if parsed.steps().is_empty() {
            return;
        }
        for value in resource.attributes.get_all(parsed) {
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
            } else {
                nearest = nearest.or(Some(ids));
            }
        }
        if found.is_empty()
            && let Some(text) = value.as_str()
        {
            let named = self.names.find(resource.root, path, text, wanted);
            found.extend(named.or_else(|| self.identified(resource, text, wanted)));
        }
        if found.is_empty() && matches!(wanted, Wanted::Parent(_)) {
            found.extend(nearest.unwrap_or_default());
        }
        found
    }
}

impl Finder<'_> {
    /// The resource that a recorded identifier belongs to, of this root or else of any: the same in every state. None
    /// where several could be meant.
    fn identified(
        &self,
        resource: &Resource,
        text: &str,
        wanted: Wanted<'_>,
    ) -> Option<ResourceId> {
        let all = self.names.identities.get(&*normal_identity(text)?)?;
        let fitting: Vec<&Resource> = all
            .iter()
            .filter_map(|id| self.graph.get(*id))
            .filter(|target| self.kind(target).is_some_and(|kind| fits(kind, wanted)))
            .collect();
        // What a root only reads is declared in another one.
        let managed = |target: &&&Resource| target.world == World::Terraform;
        let own = |target: &&&Resource| target.root == resource.root;
        let only = |mut some: Box<dyn Iterator<Item = &&Resource> + '_>| {
            let first = some.next()?;
            some.next().is_none().then_some(first.id)
        };
        only(Box::new(fitting.iter().filter(managed).filter(own)))
            .or_else(|| only(Box::new(fitting.iter().filter(managed))))
            .or_else(|| only(Box::new(fitting.iter().filter(own))))
    }
}

/// An identifier that means the same wherever it is written: an ARN, a resource id of Azure, a link, a UUID. Azure does
/// not tell capitals apart.
fn normal_identity(text: &str) -> Option<std::borrow::Cow<'_, str>> {
    const PREFIXES: [&str; 8] = [
        "/subscriptions/",
        "arn:",
        "projects/",
        "https://",
        "organizations/",
        "acs:",
        "crn:",
        "ocid1.",
    ];
    if text.len() < 12 {
        return None;
    }
    if text.starts_with("/subscriptions/") {
        return Some(text.to_ascii_lowercase().into());
    }
    // The newest part of an identifier with a UUID is that UUID: `fr-par/2ee3...`.
    let last = text.rsplit('/').next().unwrap_or(text);
    let is_uuid = last.len() == 36
        && last.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    // `vol-0a1b2c3d4e5f60718`
    let is_short = text.split_once('-').is_some_and(|(kind, id)| {
        kind.bytes().all(|byte| byte.is_ascii_lowercase())
            && id.len() >= 8
            && id.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    (is_uuid || is_short || PREFIXES.iter().any(|prefix| text.starts_with(prefix)))
        .then_some(text.into())
}

fn fits(kind: &ResourceKind, wanted: Wanted<'_>) -> bool {
    match wanted {
        Wanted::Key => is_key(kind),
        Wanted::Parent(types) => types.is_empty() || types.contains(&kind.name),
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

/// Root, type, attribute and literal.
type Named<'a> = (Option<RootId>, &'a str, &'a str, Arc<str>);

/// Resources by the literal names that others cite them by; none where two have the same.
struct Names<'a> {
    by_attribute: HashMap<Named<'a>, Option<ResourceId>>,
    keys: HashMap<(Option<RootId>, Arc<str>), Option<ResourceId>>,
    /// Who has an identifier, among the resources that are recorded.
    identities: HashMap<Arc<str>, Vec<ResourceId>>,
}

/// Attributes that identify a recorded resource.
const IDENTITIES: [&str; 3] = ["id", "arn", "self_link"];

/// More resources with one identifier are told apart by nobody.
const MAX_NAMESAKES: usize = 16;

impl<'a> Names<'a> {
    fn new(
        graph: &'a Graph,
        kinds: &HashMap<&'a str, Option<&'a ResourceKind>>,
        present: &[&'a ResourceKind],
    ) -> Self {
        // Attributes that some type present here links by, and those that hold the names they mean.
        let mut attributes: Vec<&'a str> = vec!["name", "id"];
        for kind in present {
            attributes.extend(kind.parent.iter().map(|parent| parent.attr.as_str()));
            attributes.extend(
                kind.attaches_to
                    .iter()
                    .chain(&kind.encryption.linked)
                    .map(|link| link.attr.as_str()),
            );
            attributes.extend(
                kind.encryption
                    .companions
                    .iter()
                    .filter_map(|companion| companion.link.as_deref()),
            );
        }
        attributes.sort_unstable();
        attributes.dedup();
        let mut names = Self {
            by_attribute: HashMap::new(),
            keys: HashMap::new(),
            identities: HashMap::new(),
        };
        for resource in graph.resources() {
            let Some(kind) = kinds.get(&*resource.kind).copied().flatten() else {
                continue;
            };
            names.add(resource, kind, &attributes);
            if graph.is_recorded(resource) {
                names.identify(resource, kind);
            }
        }
        names
    }

    fn identify(&mut self, resource: &Resource, kind: &ResourceKind) {
        let of_keys = kind.key.iter().flat_map(|key| &key.reference_attributes);
        let attributes = IDENTITIES.into_iter().chain(of_keys.map(String::as_str));
        for attribute in attributes {
            let value = resource.attributes.entry(attribute);
            let Some(text) = value.and_then(Value::as_str).and_then(normal_identity) else {
                continue;
            };
            let known = self.identities.entry(text.into()).or_default();
            if known.len() < MAX_NAMESAKES && !known.contains(&resource.id) {
                known.push(resource.id);
            }
        }
    }

    fn add(&mut self, resource: &'a Resource, kind: &'a ResourceKind, attributes: &[&'a str]) {
        let literal = |attribute: &str| match &resource.attributes.entry(attribute)?.data {
            crate::value::Data::String(text) if !text.is_empty() => Some(Arc::clone(text)),
            _ => None,
        };
        if resource.world == World::Terraform {
            for attribute in attributes {
                if let Some(text) = literal(attribute) {
                    insert(
                        &mut self.by_attribute,
                        (resource.root, &*resource.kind, attribute, text),
                        resource.id,
                    );
                }
            }
        }
        if is_key(kind) {
            for attribute in kind.key.iter().flat_map(|key| &key.reference_attributes) {
                if let Some(text) = literal(attribute) {
                    insert(&mut self.keys, (resource.root, text), resource.id);
                }
            }
        }
    }

    fn find(
        &self,
        root: Option<RootId>,
        attribute: &str,
        text: &str,
        wanted: Wanted<'_>,
    ) -> Option<ResourceId> {
        let of_type = |kind: &str| {
            let by = |attribute: &str| {
                self.by_attribute
                    .get(&(root, kind, attribute, Arc::from(text)))
                    .copied()
                    .flatten()
            };
            by(attribute).or_else(|| by("name")).or_else(|| by("id"))
        };
        match wanted {
            Wanted::Key => self.keys.get(&(root, Arc::from(text))).copied().flatten(),
            Wanted::Type(kind) => of_type(kind),
            Wanted::Parent(types) => types.iter().find_map(|kind| of_type(kind)),
            Wanted::Store => None,
        }
    }
}

/// The first one gets the name; a second one makes it mean nothing.
fn insert<K: std::hash::Hash + Eq>(
    names: &mut HashMap<K, Option<ResourceId>>,
    name: K,
    id: ResourceId,
) {
    names
        .entry(name)
        .and_modify(|found| *found = found.filter(|before| *before == id))
        .or_insert(Some(id));
}
