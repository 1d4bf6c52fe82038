//! Whole Kubernetes objects inside resources of Terraform: `kubernetes_manifest` has them as a value, `kubectl_manifest` as
//! YAML text. They are objects of their cluster like those of manifests, and hang together with them.

use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::HashSet;

use super::{Citation, Graph, ProviderId, Resource, ResourceId, RootId, World};
use crate::catalog::{Catalog, KubernetesKind, ResourceKind};
use crate::kubernetes::{Manifest, Manifests};
use crate::source::{Place, Sources, Span};
use crate::syntax::yaml::{self, Keys};
use crate::terraform::Declared;
use crate::value::{Data, Origin, Value, identical};

/// Text above this is not read: it is longer than any object that a cluster takes.
const MAX_TEXT: usize = 3 << 20;

/// The attributes of a resource with its object in the place of the text that has it. None: there is no text, or it is no
/// YAML.
pub(super) fn opened(declared: &Declared, kind: &ResourceKind, sources: &Sources) -> Option<Value> {
    let attribute = kind.embeds.as_deref()?;
    let text = declared.attributes.entry(attribute)?;
    if text.is_sensitive() {
        return None;
    }
    let yaml = text.as_str().filter(|yaml| yaml.len() <= MAX_TEXT)?;
    // Places in the text are put right below: no file has it as it is.
    let parsed = yaml::parse(declared.header.source, yaml);
    let object = parsed.documents.first()?;
    object.value.entries()?;
    let lines = Lines::of(text, yaml, sources);
    let mut object = lines.placed(&object.value);
    if let Some(namespace) = declared.attributes.entry("override_namespace")
        && namespace.as_str().is_some_and(|name| !name.is_empty())
    {
        let meta = object.entry("metadata").cloned();
        let meta = meta.unwrap_or_else(|| Value::object([]));
        object = with(
            &object,
            "metadata",
            with(&meta, "namespace", namespace.clone()),
        );
    }
    Some(with(&declared.attributes, attribute, object))
}

/// A mapping with another value behind a key.
fn with(object: &Value, key: &str, value: Value) -> Value {
    let entries = object.entries().unwrap_or_default().iter();
    let others = entries.filter(|(name, _)| &**name != key).cloned();
    let all: Vec<_> = others.chain([(Arc::from(key), value)]).collect();
    let mut new = Value::object(all);
    new.origin = object.origin.clone();
    new.marks = object.marks;
    new
}

/// Where the lines of a text stand that a heredoc writes; otherwise the whole expression is the place of each value.
struct Lines<'t> {
    whole: &'t Origin,
    yaml: &'t str,
    /// Place of each line, without indentation; empty: no line can be told.
    lines: Vec<(Place, String)>,
}

impl<'t> Lines<'t> {
    fn of(text: &'t Value, yaml: &'t str, sources: &Sources) -> Self {
        Self {
            whole: &text.origin,
            yaml,
            lines: heredoc(text, yaml, sources).unwrap_or_default(),
        }
    }

    fn placed(&self, value: &Value) -> Value {
        let mut new = value.clone();
        new.data = match &value.data {
            Data::Tuple(all) => Data::Tuple(all.iter().map(|one| self.placed(one)).collect()),
            Data::Object(all) => {
                let all = all.iter();
                let all = all.map(|(key, one)| (Arc::clone(key), self.placed(one)));
                Data::Object(Arc::new(all.collect()))
            }
            other => other.clone(),
        };
        new.origin = self.origin(value);
        new
    }

    fn origin(&self, value: &Value) -> Origin {
        let line = value.origin.place.and_then(|place| {
            let before = self.yaml.get(..place.span.start as usize)?;
            let line = before.bytes().filter(|byte| *byte == b'\n').count();
            let (at, written) = self.lines.get(line)?;
            let text = place.span.of(self.yaml);
            let text = text.lines().next().unwrap_or_default().trim_end();
            // The value alone where the line has it as it is; else the line, which has an expression.
            let found = written.find(text).filter(|_| !text.is_empty());
            Some(match found {
                Some(from) => {
                    let start = at.span.start + from as u32;
                    Place::new(at.source, Span::new(start, start + text.len() as u32))
                }
                None => *at,
            })
        });
        match line {
            Some(place) => Origin {
                place: Some(place),
                via: self.whole.via.clone(),
            },
            None => self.whole.clone(),
        }
    }
}

/// The lines of a heredoc, when it has as many as the text that came of it.
fn heredoc(text: &Value, yaml: &str, sources: &Sources) -> Option<Vec<(Place, String)>> {
    let place = text.origin.place?;
    let source = sources.get(place.source);
    let written = source
        .text()
        .get(place.span.start as usize..place.span.end as usize)?;
    let (marker, body) = written.split_once('\n')?;
    if !marker.starts_with("<<") {
        return None;
    }
    let mut at = place.span.start as usize + marker.len() + 1;
    let mut lines = Vec::new();
    for line in body.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        let shown = line.trim();
        let start = (at + indent.min(line.len())) as u32;
        let span = Span::new(start, start + shown.len() as u32);
        lines.push((Place::new(place.source, span), shown.to_owned()));
        at += line.len();
    }
    // The last line ends the heredoc.
    lines.pop();
    (lines.len() == yaml.lines().count()).then_some(lines)
}

/// The object that a resource of Terraform has, with its kind as rules write it.
pub(super) struct Object<'a> {
    pub(super) value: &'a Value,
    pub(super) group: &'a str,
    pub(super) version: &'a str,
    pub(super) kind: &'a str,
}

impl<'a> Object<'a> {
    /// None: the resource embeds none, or nothing says which.
    pub(super) fn of(attributes: &'a Value, kind: &ResourceKind) -> Option<Self> {
        let value = attributes.entry(kind.embeds.as_deref()?)?;
        let word = |name: &str| value.entry(name).and_then(Value::as_str);
        let version = word("apiVersion")?;
        let (group, version) = version.rsplit_once('/').unwrap_or(("", version));
        Some(Self {
            value,
            group,
            version,
            kind: word("kind")?,
        })
    }

    /// Its kind as rules write it: `apps/Deployment`, `Pod`.
    pub(super) fn word(&self) -> Arc<str> {
        match self.group {
            "" => self.kind.into(),
            group => format!("{group}/{}", self.kind).into(),
        }
    }

    /// What the catalogue knows of it.
    pub(super) fn known<'c>(&self, catalog: &'c Catalog) -> Option<&'c KubernetesKind> {
        catalog.kubernetes_kind(self.group, self.kind)
    }

    fn manifest(&self, resource: &Resource) -> Manifest {
        let meta = |name: &str| {
            let text = self.value.entry("metadata")?.entry(name)?.as_text()?;
            (!text.is_empty()).then(|| Arc::from(text.as_ref()))
        };
        let api_version = match self.group {
            "" => self.version.to_owned(),
            group => format!("{group}/{}", self.version),
        };
        Manifest {
            address: Arc::clone(&resource.address),
            api_version: api_version.into(),
            group: self.group.into(),
            version: self.version.into(),
            kind: self.kind.into(),
            name: meta("name"),
            namespace: meta("namespace"),
            value: self.value.clone(),
            keys: Keys::default(),
            header: resource.header,
            block: resource.block,
            path: Arc::clone(&resource.path),
            template_of: None,
            rendering: None,
        }
    }
}

/// Manifests that a resource of Terraform applies, as `kubernetes_manifest` does with `yamldecode(file("x.yaml"))`: they are
/// judged there, on the cluster that they reach. The same object in the same words is one.
pub(super) fn applied(graph: &Graph, catalog: &Catalog, manifests: &Manifests) -> HashSet<usize> {
    let mut applied = HashSet::new();
    for resource in graph.resources() {
        if resource.world != World::Terraform || resource.object.is_none() {
            continue;
        }
        let kind = catalog.resource_kind(&resource.kind);
        let Some(object) = kind.and_then(|kind| Object::of(&resource.attributes, kind)) else {
            continue;
        };
        let manifest = object.manifest(resource);
        let Some(name) = manifest.name.as_deref() else {
            continue;
        };
        let found = manifests.find(
            &manifest.kind_word(),
            manifest.namespace.as_deref(),
            name,
            &manifest,
        );
        let same = |at: &usize| {
            let written = manifests.all.get(*at);
            written.is_some_and(|written| identical(&written.value, object.value))
        };
        applied.extend(found.filter(same));
    }
    applied
}

/// Kinds that objects of manifests name, and that are often Terraform's: whoever makes the cluster makes these too.
const SHARED: [&str; 2] = ["Namespace", "storage.k8s.io/StorageClass"];

/// A resource that declares one of them in the words of Terraform, with as much of it as names and labels tell.
fn mirrored(resource: &Resource, kind: &ResourceKind) -> Option<Manifest> {
    let word = kind.mirrors.as_deref()?;
    if !SHARED.contains(&word) {
        return None;
    }
    let (group, name) = word.rsplit_once('/').unwrap_or(("", word));
    let api_version = match group {
        "" => "v1".to_owned(),
        group => format!("{group}/v1"),
    };
    // A block is a list of one.
    let metadata = resource.attributes.entry("metadata")?;
    let metadata = metadata
        .elements()
        .map_or(Some(metadata), <[Value]>::first)?;
    let called = metadata.entry("name").and_then(Value::as_str)?;
    Some(Manifest {
        address: Arc::clone(&resource.address),
        api_version: api_version.into(),
        group: group.into(),
        version: "v1".into(),
        kind: name.into(),
        name: Some(called.into()),
        namespace: None,
        value: Value::object([("metadata".into(), metadata.clone())]),
        keys: Keys::default(),
        header: resource.header,
        block: resource.block,
        path: Arc::clone(&resource.path),
        template_of: None,
        rendering: None,
    })
}

/// Objects of one cluster, as far as clusters can be told apart, with the resource that each is.
pub(super) struct Together {
    pub(super) manifests: Manifests,
    pub(super) ids: Vec<ResourceId>,
}

/// What tells objects of one name apart: the cluster that their provider block reaches, else the block.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Seat {
    Cluster(ResourceId),
    /// Provider blocks of a root without an alias mean one cluster.
    Usual(Option<RootId>),
    Provider(ProviderId),
}

/// The objects inside resources of Terraform, by cluster; with the manifests of files where all are of one cluster.
pub(super) fn together(
    graph: &Graph,
    catalog: &Catalog,
    clusters: &[Vec<Citation>],
    manifests: &Manifests,
    first_manifest: u32,
) -> Vec<Together> {
    let mut seats: BTreeMap<Seat, Vec<(ResourceId, Manifest)>> = BTreeMap::new();
    for resource in graph.resources() {
        if resource.world != World::Terraform {
            continue;
        }
        let kind = catalog.resource_kind(&resource.kind);
        let object = kind.and_then(|kind| Object::of(&resource.attributes, kind));
        let manifest = match object {
            Some(object) => Some(object.manifest(resource)),
            None => kind.and_then(|kind| mirrored(resource, kind)),
        };
        let Some(manifest) = manifest else { continue };
        let of = seats.entry(seat(graph, resource, clusters)).or_default();
        of.push((resource.id, manifest));
    }
    // What a chart makes that Terraform installs is on the cluster of its release; other manifests are beside the objects of
    // Terraform where all of these are of one cluster.
    let alone = seats.len() == 1;
    let mut files = Vec::new();
    for (id, manifest) in (first_manifest..).map(ResourceId).zip(&manifests.all) {
        if seats.is_empty() {
            break;
        }
        let release = graph.get(id).and_then(|object| graph.get(object.release?));
        match release {
            Some(release) => {
                if let Some(objects) = seats.get_mut(&seat(graph, release, clusters)) {
                    objects.push((id, manifest.clone()));
                }
            }
            None if alone => files.push((id, manifest.clone())),
            None => {}
        }
    }
    let of = |objects: Vec<(ResourceId, Manifest)>| {
        let (ids, all) = objects.into_iter().unzip();
        Together {
            manifests: manifests.beside(all),
            ids,
        }
    };
    let mut found = Vec::with_capacity(seats.len() + 1);
    if !files.is_empty() {
        let objects = seats.values().flatten();
        // A manifest means what manifests declare, where two have one name.
        let objects = objects.filter(|(_, object)| {
            let same = |one: &Manifest| one.kind == object.kind && one.name == object.name;
            let is_shared = SHARED.contains(&&*object.kind_word());
            !is_shared || !manifests.all.iter().any(same)
        });
        let objects = objects.cloned().chain(files).collect();
        found.push(of(objects));
    }
    found.extend(seats.into_values().map(of));
    found
}

fn seat(graph: &Graph, resource: &Resource, clusters: &[Vec<Citation>]) -> Seat {
    let Some(id) = resource.provider else {
        return Seat::Usual(resource.root);
    };
    match clusters.get(id.0 as usize).map(Vec::as_slice) {
        Some([citation]) => Seat::Cluster(citation.cluster),
        _ => match graph.provider(resource) {
            Some(provider) if provider.alias.is_none() => Seat::Usual(resource.root),
            _ => Seat::Provider(id),
        },
    }
}
