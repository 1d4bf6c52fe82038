//! How objects hang together, as far as their fields name each other.

use std::collections::HashMap;

use super::{Manifest, Manifests, common_folders, nearest};
use crate::catalog::Catalog;
use crate::discover::folder_of;
use crate::source::Place;
use crate::value::{Path, PathStep, Value};

/// What binds two objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tie {
    /// Lies in a namespace.
    PartOf,
    /// Mounts a claim, or claims a volume.
    AttachedTo,
    /// Is made by a storage class.
    RunsOn,
    /// Takes secrets from.
    ReadsFrom,
    /// Has its backup there.
    BacksUpTo,
    /// Makes reachable.
    Exposes,
    /// Is encrypted as that says.
    EncryptsWith,
}

impl Tie {
    /// The relation's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PartOf => "part-of",
            Self::AttachedTo => "attached-to",
            Self::RunsOn => "runs-on",
            Self::ReadsFrom => "reads-from",
            Self::BacksUpTo => "backs-up-to",
            Self::Exposes => "exposes",
            Self::EncryptsWith => "encrypts-with",
        }
    }
}

/// One object names another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// Index of the one that names.
    pub from: usize,
    /// What binds them.
    pub tie: Tie,
    /// Index of the named one.
    pub to: usize,
    /// Where it is named; none for what holds without being written (the default storage class).
    pub place: Option<Place>,
}

/// Every link between the objects of a scan, sorted, without repeats.
pub fn links(manifests: &Manifests, catalog: &Catalog) -> Vec<Link> {
    let pods: Vec<Option<Pod<'_>>> = manifests
        .all
        .iter()
        .map(|manifest| Pod::of(manifest, &pod_spec(manifest, catalog)?))
        .collect();
    let mut finder = Finder {
        manifests,
        paths: Paths::default(),
        defaults: default_classes(manifests),
        out: Vec::new(),
    };
    let labelled = Labelled::new(manifests, &pods);
    for (at, manifest) in manifests.all.iter().enumerate() {
        finder.namespace(at, manifest);
        if let Some(Some(pod)) = pods.get(at) {
            finder.claims(at, manifest, pod);
            finder.secrets(at, manifest, pod);
        }
        match (&*manifest.group, &*manifest.kind) {
            ("", "PersistentVolumeClaim") => finder.storage(at, manifest),
            ("", "PersistentVolume") => finder.class(at, manifest, false),
            ("", "Service") => labelled.selected(at, manifest, &mut finder.out),
            ("networking.k8s.io" | "extensions", "Ingress")
            | ("gateway.networking.k8s.io", "HTTPRoute" | "GRPCRoute" | "TLSRoute" | "TCPRoute") => {
                finder.backends(at, manifest);
            }
            ("external-secrets.io", "ExternalSecret" | "ClusterExternalSecret") => {
                finder.stores(at, manifest);
            }
            ("snapshot.storage.k8s.io", "VolumeSnapshot") => finder.snapshot(at, manifest),
            _ => {}
        }
    }
    let mut out = finder.out;
    super::backups::find(manifests, catalog, &mut out);
    super::etcd::find(manifests, catalog, &mut out);
    out.retain(|link| !manifests.are_apart(link.from, link.to));
    out.sort();
    out.dedup_by_key(|link| (link.from, link.tie, link.to));
    out
}

/// The path of a workload's pod specification; none for everything else.
pub fn pod_spec(manifest: &Manifest, catalog: &Catalog) -> Option<Path> {
    let kind = catalog.kubernetes_kind(&manifest.group, &manifest.kind)?;
    Path::parse(kind.pod_spec.as_deref()?).ok()
}

struct Pod<'a> {
    spec: Option<&'a Value>,
    labels: &'a [(std::sync::Arc<str>, Value)],
}

impl<'a> Pod<'a> {
    fn of(manifest: &'a Manifest, path: &Path) -> Option<Self> {
        let around = Path::of(path.steps().split_last()?.1.to_vec());
        let labels = manifest
            .value
            .get(&around)
            .and_then(|pod| pod.entry("metadata")?.entry("labels")?.entries());
        Some(Self {
            spec: manifest.value.get(path),
            labels: labels.unwrap_or_default(),
        })
    }

    fn volumes(&self) -> &'a [Value] {
        let volumes = self.spec.and_then(|spec| spec.entry("volumes"));
        volumes.and_then(Value::elements).unwrap_or_default()
    }
}

/// Parsed once.
struct Paths {
    class_name: Path,
    old_class_name: Path,
    volume_name: Path,
    backends: Vec<Path>,
    /// Where a pod names secrets.
    secrets: Vec<Path>,
    secret_class: Path,
    stores: Vec<Path>,
    snapshot_source: Path,
}

impl Default for Paths {
    fn default() -> Self {
        let keys = |keys: &[&str]| {
            let step = |key: &&str| match *key {
                "*" => PathStep::Every,
                key => PathStep::Key(key.into()),
            };
            Path::of(keys.iter().map(step).collect::<Vec<_>>())
        };
        Self {
            class_name: keys(&["spec", "storageClassName"]),
            old_class_name: keys(&[
                "metadata",
                "annotations",
                "volume.beta.kubernetes.io/storage-class",
            ]),
            volume_name: keys(&["spec", "volumeName"]),
            secrets: vec![
                keys(&["volumes", "*", "secret", "secretName"]),
                keys(&[
                    "volumes",
                    "*",
                    "projected",
                    "sources",
                    "*",
                    "secret",
                    "name",
                ]),
                keys(&[
                    "containers",
                    "*",
                    "env",
                    "*",
                    "valueFrom",
                    "secretKeyRef",
                    "name",
                ]),
                keys(&["containers", "*", "envFrom", "*", "secretRef", "name"]),
                keys(&[
                    "initContainers",
                    "*",
                    "env",
                    "*",
                    "valueFrom",
                    "secretKeyRef",
                    "name",
                ]),
                keys(&["initContainers", "*", "envFrom", "*", "secretRef", "name"]),
            ],
            secret_class: keys(&[
                "volumes",
                "*",
                "csi",
                "volumeAttributes",
                "secretProviderClass",
            ]),
            stores: vec![
                keys(&["spec", "secretStoreRef"]),
                keys(&["spec", "dataFrom", "*", "sourceRef", "storeRef"]),
                keys(&["spec", "data", "*", "sourceRef", "storeRef"]),
                keys(&["spec", "externalSecretSpec", "secretStoreRef"]),
            ],
            snapshot_source: keys(&["spec", "source", "persistentVolumeClaimName"]),
            backends: vec![
                keys(&["spec", "defaultBackend", "service", "name"]),
                keys(&[
                    "spec", "rules", "*", "http", "paths", "*", "backend", "service", "name",
                ]),
                keys(&["spec", "backend", "serviceName"]),
                keys(&["spec", "rules", "*", "backendRefs", "*", "name"]),
                keys(&[
                    "spec",
                    "rules",
                    "*",
                    "http",
                    "paths",
                    "*",
                    "backend",
                    "serviceName",
                ]),
            ],
        }
    }
}

struct Finder<'a> {
    manifests: &'a Manifests,
    paths: Paths,
    defaults: Vec<usize>,
    out: Vec<Link>,
}

impl Finder<'_> {
    fn link(&mut self, from: usize, tie: Tie, to: Option<usize>, place: Option<Place>) {
        if let Some(to) = to {
            self.out.push(Link {
                from,
                tie,
                to,
                place,
            });
        }
    }

    fn namespace(&mut self, at: usize, manifest: &Manifest) {
        let place = manifest
            .value
            .entry("metadata")
            .and_then(|meta| meta.entry("namespace")?.origin.place);
        self.link(
            at,
            Tie::PartOf,
            self.manifests.namespace_of(manifest),
            place,
        );
    }

    fn claims(&mut self, at: usize, manifest: &Manifest, pod: &Pod<'_>) {
        for volume in pod.volumes() {
            let name = volume
                .entry("persistentVolumeClaim")
                .and_then(|claim| claim.entry("claimName"));
            let Some((text, place)) =
                name.and_then(|name| Some((name.as_str()?, name.origin.place)))
            else {
                continue;
            };
            let namespace = manifest.namespace.as_deref();
            let claim = self
                .manifests
                .find("PersistentVolumeClaim", namespace, text, manifest);
            self.link(at, Tie::AttachedTo, claim, place);
        }
    }

    /// Secrets that a pod mounts or takes as variables.
    fn secrets(&mut self, at: usize, manifest: &Manifest, pod: &Pod<'_>) {
        let Some(spec) = pod.spec else { return };
        let secrets = self.paths.secrets.iter().map(|path| ("Secret", path));
        let classes = std::iter::once(("SecretProviderClass", &self.paths.secret_class));
        let named: Vec<_> = secrets
            .chain(classes)
            .flat_map(|(kind, path)| spec.get_all(path).into_iter().map(move |name| (kind, name)))
            .filter_map(|(kind, name)| Some((kind, name.as_str()?, name.origin.place)))
            .collect();
        for (kind, name, place) in named {
            let namespace = manifest.namespace.as_deref();
            let secret = self.manifests.find(kind, namespace, name, manifest);
            self.link(at, Tie::ReadsFrom, secret, place);
        }
    }

    /// The stores that an external secret is taken from.
    fn stores(&mut self, at: usize, secret: &Manifest) {
        let named: Vec<_> = self
            .paths
            .stores
            .iter()
            .flat_map(|path| secret.value.get_all(path))
            .collect();
        for store in named {
            let text = |name: &str| store.entry(name).and_then(Value::as_str);
            let Some(name) = text("name") else { continue };
            let kind = text("kind").unwrap_or("SecretStore");
            let namespace = secret
                .namespace
                .as_deref()
                .filter(|_| kind == "SecretStore");
            let found = self.manifests.find(kind, namespace, name, secret);
            self.link(at, Tie::ReadsFrom, found, store.origin.place);
        }
    }

    /// A snapshot is the backup of the claim it was taken of.
    fn snapshot(&mut self, at: usize, snapshot: &Manifest) {
        let Some(name) = snapshot.value.get(&self.paths.snapshot_source) else {
            return;
        };
        let claim = name.as_str().and_then(|text| {
            let namespace = snapshot.namespace.as_deref();
            self.manifests
                .find("PersistentVolumeClaim", namespace, text, snapshot)
        });
        if let Some(claim) = claim {
            self.link(claim, Tie::BacksUpTo, Some(at), name.origin.place);
        }
    }

    fn storage(&mut self, at: usize, claim: &Manifest) {
        if let Some(owner) = claim.template_of {
            self.link(owner, Tie::AttachedTo, Some(at), Some(claim.header));
        }
        if let Some(name) = claim.value.get(&self.paths.volume_name)
            && let Some(text) = name.as_str()
        {
            let volume = self.manifests.find("PersistentVolume", None, text, claim);
            self.link(at, Tie::AttachedTo, volume, name.origin.place);
        }
        self.class(at, claim, true);
    }

    fn class(&mut self, at: usize, manifest: &Manifest, may_default: bool) {
        // The old annotation wins when both are set.
        let named = [&self.paths.old_class_name, &self.paths.class_name]
            .into_iter()
            .filter_map(|path| manifest.value.get(path))
            .find(|value| !value.is_null());
        match named {
            // An empty name asks for no class at all.
            Some(name) => {
                let class = name
                    .as_str()
                    .filter(|text| !text.is_empty())
                    .and_then(|text| self.manifests.find("StorageClass", None, text, manifest));
                self.link(at, Tie::RunsOn, class, name.origin.place);
            }
            None if may_default => {
                let class = self.default_class(&manifest.path);
                self.link(at, Tie::RunsOn, class, None);
            }
            None => {}
        }
    }

    /// The default class that is nearest to a file; the first of equally near ones.
    fn default_class(&self, path: &str) -> Option<usize> {
        nearest(&self.defaults, path, |index| self.manifests.folder(index))
    }

    fn backends(&mut self, at: usize, ingress: &Manifest) {
        let named: Vec<_> = self
            .paths
            .backends
            .iter()
            .flat_map(|path| ingress.value.get_all(path))
            .filter_map(|name| Some((name.as_str()?, name.origin.place)))
            .collect();
        for (name, place) in named {
            let namespace = ingress.namespace.as_deref();
            let service = self.manifests.find("Service", namespace, name, ingress);
            self.link(at, Tie::Exposes, service, place);
        }
    }
}

fn default_classes(manifests: &Manifests) -> Vec<usize> {
    let is_default = |manifest: &Manifest| {
        let annotations = manifest
            .value
            .entry("metadata")
            .and_then(|meta| meta.entry("annotations"));
        annotations.is_some_and(|annotations| {
            [
                "storageclass.kubernetes.io/is-default-class",
                "storageclass.beta.kubernetes.io/is-default-class",
            ]
            .iter()
            .any(|key| annotations.entry(key).and_then(Value::as_str) == Some("true"))
        })
    };
    let classes = manifests.all.iter().enumerate();
    let mut classes: Vec<usize> = classes
        .filter(|(_, manifest)| &*manifest.kind == "StorageClass" && is_default(manifest))
        .map(|(at, _)| at)
        .collect();
    manifests.sort_by_folder(&mut classes);
    classes
}

/// One service is followed to so many workloads: thousands that all select thousands say nothing more.
const MAX_SELECTED: usize = 1_000;

type Label<'a> = (Option<&'a str>, &'a str, &'a str);

/// Workloads by namespace and each label of their pods, so that a selector need not look at all of them.
struct Labelled<'a> {
    manifests: &'a Manifests,
    by_label: HashMap<Label<'a>, Vec<usize>>,
}

impl<'a> Labelled<'a> {
    fn new(manifests: &'a Manifests, pods: &[Option<Pod<'a>>]) -> Self {
        let mut by_label: HashMap<Label<'a>, Vec<usize>> = HashMap::new();
        for (at, (manifest, pod)) in manifests.all.iter().zip(pods).enumerate() {
            for (key, value) in pod.iter().flat_map(|pod| pod.labels) {
                if let Some(value) = value.as_str() {
                    let label = (manifest.namespace.as_deref(), &**key, value);
                    by_label.entry(label).or_default().push(at);
                }
            }
        }
        Self {
            manifests,
            by_label,
        }
    }

    /// The workloads that a service selects; those whose files are nearest when several estates share a scan.
    fn selected(&self, at: usize, service: &'a Manifest, out: &mut Vec<Link>) {
        let selector = service
            .value
            .entry("spec")
            .and_then(|spec| spec.entry("selector"));
        let Some(labels) = selector
            .and_then(Value::entries)
            .filter(|labels| !labels.is_empty())
        else {
            return;
        };
        let mut sets = Vec::with_capacity(labels.len());
        for (key, value) in labels {
            let label = (
                service.namespace.as_deref(),
                &**key,
                value.as_str().unwrap_or(""),
            );
            let Some(set) = self.by_label.get(&label) else {
                return;
            };
            sets.push(set);
        }
        sets.sort_by_key(|set| set.len());
        let Some((smallest, others)) = sets.split_first() else {
            return;
        };
        let matching: Vec<usize> = smallest
            .iter()
            .copied()
            .filter(|one| others.iter().all(|set| set.binary_search(one).is_ok()))
            .take(MAX_SELECTED)
            .collect();
        let folder = folder_of(&service.path);
        let nearness = |index: usize| common_folders(folder, self.manifests.folder(index));
        let most = matching.iter().map(|one| nearness(*one)).max();
        let place = selector.and_then(|selector| selector.origin.place);
        for to in matching {
            if Some(nearness(to)) == most {
                out.push(Link {
                    from: at,
                    tie: Tie::Exposes,
                    to,
                    place,
                });
            }
        }
    }
}
