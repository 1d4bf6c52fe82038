//! Objects that others name, as the catalogue tells of each kind: by a name, by a block with kind and namespace, by the
//! host of a service; and objects that do not stand in the code, because a controller makes them.

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use super::{Finder, kinds_present};
use crate::catalog::{Catalog, FactKind, KubernetesKind, MadeObject, NamedObject, Tie};
use crate::kubernetes::{Identity, Manifest, Manifests, nearest};
use crate::value::{Path, Value};

/// So many names of one field are followed.
const MAX_NAMES: usize = 1_000;

/// What the catalogue says of every object, with the paths parsed once.
pub(in crate::kubernetes) struct Kinds<'c> {
    kinds: Vec<Option<&'c KubernetesKind>>,
    paths: HashMap<&'c str, Path>,
}

impl<'c> Kinds<'c> {
    pub(super) fn new(manifests: &Manifests, catalog: &'c Catalog) -> Self {
        let kinds = kinds_present(manifests, catalog);
        let mut paths = HashMap::new();
        let mut known: HashSet<*const KubernetesKind> = HashSet::new();
        for kind in kinds.iter().flatten().copied() {
            if !known.insert(kind) {
                continue;
            }
            let names = kind.names.iter();
            let names = names.flat_map(|named| [Some(&named.path), named.namespace_path.as_ref()]);
            let made = kind.makes.iter().map(|made| made.name_path.as_ref());
            let all = names.chain(made).chain([kind.pod_spec.as_ref()]);
            let classes = kind.facts.iter();
            let classes = classes.filter(|field| field.fact == FactKind::StorageClass);
            for path in all.flatten().chain(classes.map(|field| &field.path)) {
                paths
                    .entry(path.as_str())
                    .or_insert_with(|| Path::parse(path).unwrap_or_default());
            }
        }
        Self { kinds, paths }
    }

    pub(in crate::kubernetes) fn of(&self, at: usize) -> Option<&'c KubernetesKind> {
        self.kinds.get(at).copied().flatten()
    }

    /// A path of the catalogue; none for one that does not parse.
    pub(super) fn path(&self, path: &str) -> Option<&Path> {
        let parsed = self.paths.get(path);
        parsed.filter(|path| !path.steps().is_empty())
    }

    /// The path of a workload's pod specification; none for everything else.
    pub(super) fn pod_spec(&self, at: usize) -> Option<&Path> {
        self.path(self.of(at)?.pod_spec.as_deref()?)
    }
}

/// Objects that controllers make, by who they are made from.
pub(super) struct Made {
    by_name: HashMap<Identity, Vec<usize>>,
}

impl Made {
    pub(super) fn new(manifests: &Manifests, kinds: &Kinds<'_>) -> Self {
        let mut by_name: HashMap<Identity, Vec<usize>> = HashMap::new();
        for (at, manifest) in manifests.all.iter().enumerate() {
            for made in kinds.of(at).into_iter().flat_map(|kind| &kind.makes) {
                let path = made.name_path.as_deref();
                let names: Vec<&str> = match path.and_then(|path| kinds.path(path)) {
                    Some(path) => {
                        let found = manifest.value.get_all(path);
                        found.into_iter().filter_map(Value::as_str).collect()
                    }
                    None => Vec::new(),
                };
                let own = manifest.name.as_deref().filter(|_| names.is_empty());
                for name in names.into_iter().chain(own).take(MAX_NAMES) {
                    let identity = (
                        Arc::from(made.kind.as_str()),
                        manifest.namespace.clone(),
                        Arc::from(name),
                    );
                    by_name.entry(identity).or_default().push(at);
                }
            }
        }
        for makers in by_name.values_mut() {
            manifests.sort_by_folder(makers);
        }
        Self { by_name }
    }

    pub(super) fn find(
        &self,
        manifests: &Manifests,
        kind: &str,
        namespace: Option<&str>,
        name: &str,
        path: &str,
    ) -> Option<usize> {
        if self.by_name.is_empty() {
            return None;
        }
        let key = (Arc::from(kind), namespace.map(Arc::from), Arc::from(name));
        nearest(self.by_name.get(&key)?, path, |index| {
            manifests.folder(index)
        })
    }
}

impl<'c> Finder<'_, 'c> {
    /// Everything that the fields of an object name.
    pub(super) fn named(&mut self, at: usize, manifest: &Manifest, known: &'c KubernetesKind) {
        for named in &known.names {
            let Some(path) = self.kinds.path(&named.path) else {
                continue;
            };
            let mut values = manifest.value.get_all(path);
            values.retain(|value| !value.is_null());
            if values.is_empty()
                && let Some(name) = &named.default
            {
                let to = self.target(&named.kind, None, name, manifest, known);
                self.tie(at, named, to, None);
            }
            for value in values.into_iter().take(MAX_NAMES) {
                let to = self.named_by(named, value, manifest, known);
                self.tie(at, named, to, Some(value));
            }
        }
        for made in &known.makes {
            self.completed(at, made, manifest);
        }
    }

    fn tie(&mut self, at: usize, named: &'c NamedObject, to: Option<usize>, value: Option<&Value>) {
        let place = value.and_then(|value| value.origin.place);
        match to {
            Some(to) if named.reverse => self.link_by(to, named.tie, Some(at), "", place),
            to => self.link_by(at, named.tie, to, &named.path, place),
        }
    }

    /// An object that stands in the code and that a controller fills.
    fn completed(&mut self, at: usize, made: &'c MadeObject, manifest: &Manifest) {
        let path = made.name_path.as_deref();
        let path = path.and_then(|path| self.kinds.path(path));
        let named = path.and_then(|path| manifest.value.get(path));
        let name = named.map_or(manifest.name.as_deref(), Value::as_str);
        let Some(name) = name else { return };
        let namespace = manifest.namespace.as_deref();
        let found = self.manifests.find(&made.kind, namespace, name, manifest);
        if let Some(found) = found {
            let place = named.and_then(|name| name.origin.place);
            self.link(found, Tie::ReadsFrom, Some(at), place);
        }
    }

    fn named_by(
        &self,
        named: &NamedObject,
        value: &Value,
        manifest: &Manifest,
        known: &KubernetesKind,
    ) -> Option<usize> {
        if let Some(text) = value.as_str() {
            let beside = named
                .namespace_path
                .as_deref()
                .and_then(|path| manifest.value.get(self.kinds.path(path)?)?.as_str());
            let (namespace, name) = split(text, &named.kind);
            return self.target(&named.kind, namespace.or(beside), name, manifest, known);
        }
        let text = |key: &str| {
            let text = value.entry(key).and_then(Value::as_str);
            text.filter(|text| !text.is_empty())
        };
        let group = text("group").or_else(|| text("apiGroup"));
        let version = text("apiVersion").and_then(|version| version.split_once('/'));
        let group = group.or(version.map(|(group, _)| group));
        let kind = match text("kind") {
            None => named.kind.as_str(),
            Some(kind) => std::iter::once(&named.kind)
                .chain(&named.or)
                .map(String::as_str)
                .find(|word| {
                    let (of, name) = word.rsplit_once('/').unwrap_or(("", word));
                    name == kind && group.is_none_or(|group| group == of)
                })?,
        };
        let (inside, name) = split(text("name")?, kind);
        self.target(kind, text("namespace").or(inside), name, manifest, known)
    }

    /// The object of a name: in the namespace that is stated, else in that of who names it.
    fn target(
        &self,
        kind: &str,
        namespace: Option<&str>,
        name: &str,
        manifest: &Manifest,
        known: &KubernetesKind,
    ) -> Option<usize> {
        let everywhere = self
            .catalog
            .kind_called(kind)
            .is_some_and(|kind| kind.cluster_scoped);
        if everywhere {
            return self.find(kind, None, name, manifest);
        }
        // What belongs to no namespace must state the one it means.
        let own = manifest
            .namespace
            .as_deref()
            .filter(|_| !known.cluster_scoped);
        self.find(kind, namespace.or(own), name, manifest)
    }
}

/// `namespace/name`, or the host of a service: `name.namespace.svc.cluster.local`.
fn split<'t>(text: &'t str, kind: &str) -> (Option<&'t str>, &'t str) {
    if let Some((namespace, name)) = text.split_once('/') {
        return (Some(namespace), name);
    }
    if kind == "Service"
        && let Some((name, rest)) = text.split_once('.')
    {
        let (namespace, domain) = rest.split_once('.').unwrap_or((rest, "svc"));
        let is_inside = domain == "svc" || domain.starts_with("svc.");
        return (Some(namespace), if is_inside { name } else { text });
    }
    (None, text)
}
