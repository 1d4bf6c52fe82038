//! How objects hang together, as far as their fields name each other.
//!
//! What a kind names is told by the catalogue (`names` and `makes`); here is what all of Kubernetes has in common: pods,
//! storage classes, selectors.

mod named;
mod pods;
mod selected;

use hashbrown::HashMap;
use rayon::prelude::*;

use super::{Manifest, Manifests, nearest};
use crate::catalog::{Catalog, FactKind, KubernetesKind, Tie};
use crate::source::Place;
use crate::value::{Path, PathStep, Value};
pub(super) use named::Kinds;
use named::Made;
use pods::Pod;
use selected::Labelled;

/// One object names another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link<'c> {
    /// Index of the one that names.
    pub from: usize,
    /// What binds them.
    pub tie: Tie,
    /// Index of the named one.
    pub to: usize,
    /// Field of `from` that names; empty where another object says it, or nothing does.
    pub path: &'c str,
    /// Where it is named; none for what holds without being written (the default storage class).
    pub place: Option<Place>,
}

/// Objects that one thread takes at a time.
const AT_A_TIME: usize = 256;

/// Every link between the objects of a scan, sorted, without repeats.
pub fn links<'c>(manifests: &Manifests, catalog: &'c Catalog) -> Vec<Link<'c>> {
    let kinds = Kinds::new(manifests, catalog);
    let pods: Vec<Option<Pod<'_>>> = manifests
        .all
        .par_iter()
        .enumerate()
        .with_min_len(AT_A_TIME)
        .map(|(at, manifest)| Pod::of(manifest, kinds.pod_spec(at)?))
        .collect();
    let made = Made::new(manifests, &kinds);
    let defaults = default_classes(manifests);
    let mut labelled = Labelled::new(manifests, &pods);
    let parts = manifests.all.par_chunks(AT_A_TIME).enumerate();
    let parts = parts.map(|(nth, part)| {
        let mut finder = Finder {
            manifests,
            kinds: &kinds,
            catalog,
            made: &made,
            defaults: &defaults,
            out: Vec::new(),
        };
        for (at, manifest) in (nth * AT_A_TIME..).zip(part) {
            let pod = pods.get(at).and_then(Option::as_ref);
            finder.all_of(at, manifest, pod, &labelled);
        }
        finder.out
    });
    let parts: Vec<Vec<Link<'c>>> = parts.collect();
    let mut out = parts.concat();
    // Of these no more than so many are followed in all.
    for (at, manifest) in manifests.all.iter().enumerate() {
        if (&*manifest.group, &*manifest.kind) == ("networking.k8s.io", "NetworkPolicy") {
            labelled.policy(at, manifest, &mut out);
        }
    }
    super::backups::find(manifests, &kinds, &mut out);
    super::etcd::find(manifests, &kinds, &mut out);
    out.retain(|link| !manifests.are_apart(link.from, link.to));
    out.par_sort();
    out.dedup_by_key(|link| (link.from, link.tie, link.to));
    out
}

struct Finder<'a, 'c> {
    manifests: &'a Manifests,
    kinds: &'a Kinds<'c>,
    catalog: &'c Catalog,
    made: &'a Made,
    defaults: &'a [usize],
    out: Vec<Link<'c>>,
}

/// Parameters of classes with the name of a secret, and with its namespace.
const CLASS_SECRETS: [(&str, &str); 3] = [
    (
        "csi.storage.k8s.io/node-stage-secret-name",
        "csi.storage.k8s.io/node-stage-secret-namespace",
    ),
    (
        "csi.storage.k8s.io/node-publish-secret-name",
        "csi.storage.k8s.io/node-publish-secret-namespace",
    ),
    (
        "csi.storage.k8s.io/provisioner-secret-name",
        "csi.storage.k8s.io/provisioner-secret-namespace",
    ),
];

impl<'c> Finder<'_, 'c> {
    /// All that one object names, or that chooses it.
    fn all_of<'m>(
        &mut self,
        at: usize,
        manifest: &'m Manifest,
        pod: Option<&Pod<'_>>,
        labelled: &Labelled<'m>,
    ) {
        self.namespace(at, manifest);
        if let Some(pod) = pod {
            self.pod(at, manifest, pod);
        }
        if let Some(known) = self.kinds.of(at) {
            self.named(at, manifest, known);
            self.classes(at, manifest, known);
        }
        if let Some(owner) = manifest.template_of {
            let place = Some(manifest.header);
            self.link(owner, Tie::AttachedTo, Some(at), place);
        }
        match (&*manifest.group, &*manifest.kind) {
            ("", "PersistentVolumeClaim") => self.class(at, manifest, true),
            ("", "PersistentVolume") => self.class(at, manifest, false),
            ("", "Service") => labelled.service(at, manifest, &mut self.out),
            _ => {}
        }
    }

    fn link(&mut self, from: usize, tie: Tie, to: Option<usize>, place: Option<Place>) {
        self.link_by(from, tie, to, "", place);
    }

    fn link_by(
        &mut self,
        from: usize,
        tie: Tie,
        to: Option<usize>,
        path: &'c str,
        place: Option<Place>,
    ) {
        if let Some(to) = to.filter(|to| *to != from) {
            self.out.push(Link {
                from,
                tie,
                to,
                path,
                place,
            });
        }
    }

    /// The object of a name, or the one that it is made from.
    fn find(
        &self,
        kind: &str,
        namespace: Option<&str>,
        name: &str,
        from: &Manifest,
    ) -> Option<usize> {
        self.manifests
            .find(kind, namespace, name, from)
            .or_else(|| {
                self.made
                    .find(self.manifests, kind, namespace, name, &from.path)
            })
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

    /// Classes of the claims that operators make: those that fields name, and the default class where a block of volumes
    /// names none.
    fn classes(&mut self, at: usize, manifest: &Manifest, known: &KubernetesKind) {
        let is_core = known.group.is_empty() || known.group == "storage.k8s.io";
        // The claims of a workload of a file are objects of their own.
        if is_core || known.pod_spec.is_some() && !manifest.keys.is_empty() {
            return;
        }
        let fields = known.facts.iter();
        for field in fields.filter(|field| field.fact == FactKind::StorageClass) {
            let steps = self.kinds.path(&field.path).map(Path::steps);
            let Some((class, block)) = steps.and_then(<[PathStep]>::split_last) else {
                continue;
            };
            let class = Path::of(vec![class.clone()]);
            for asked in manifest.value.get_all(&Path::of(block.to_vec())) {
                let named = asked.get(&class).filter(|name| !name.is_null());
                let place = named.and_then(|name| name.origin.place);
                let found = match named.and_then(Value::as_str) {
                    Some("") => None,
                    Some(text) => self.find(STORAGE_CLASS, None, text, manifest),
                    None => self.default_class(&manifest.path),
                };
                self.link(at, Tie::RunsOn, found, place);
            }
        }
    }

    fn class(&mut self, at: usize, manifest: &Manifest, may_default: bool) {
        let spec = manifest.value.entry("spec");
        let annotations = manifest
            .value
            .entry("metadata")
            .and_then(|meta| meta.entry("annotations"));
        // The old annotation wins when both are set.
        let named = [
            annotations.and_then(|all| all.entry("volume.beta.kubernetes.io/storage-class")),
            spec.and_then(|spec| spec.entry("storageClassName")),
        ];
        let named = named.into_iter().flatten().find(|value| !value.is_null());
        let class = match named {
            // An empty name asks for no class at all.
            Some(name) => {
                let class = name
                    .as_str()
                    .filter(|text| !text.is_empty())
                    .and_then(|text| self.find(STORAGE_CLASS, None, text, manifest));
                self.link(at, Tie::RunsOn, class, name.origin.place);
                class
            }
            None if may_default => {
                let class = self.default_class(&manifest.path);
                self.link(at, Tie::RunsOn, class, None);
                class
            }
            None => None,
        };
        if let Some(class) = class.filter(|_| may_default) {
            self.secrets_of_class(at, manifest, class);
        }
    }

    /// Secrets that a class names in the words of each claim: `${pvc.namespace}`, `${pvc.name}`.
    fn secrets_of_class(&mut self, at: usize, claim: &Manifest, class: usize) {
        let Some(parameters) = self
            .manifests
            .all
            .get(class)
            .and_then(|class| class.value.entry("parameters"))
        else {
            return;
        };
        for (name, namespace) in CLASS_SECRETS {
            let of_claim = |key: &str| {
                let text = parameters.entry(key)?.as_str()?;
                let mut text = text.to_owned();
                for (word, value) in [
                    ("${pvc.namespace}", claim.namespace.as_deref()),
                    ("${pvc.name}", claim.name.as_deref()),
                ] {
                    if text.contains(word) {
                        text = text.replace(word, value?);
                    }
                }
                Some(text)
            };
            let is_own = |key: &str| {
                let text = parameters.entry(key).and_then(Value::as_str);
                text.is_some_and(|text| text.contains("${pvc."))
            };
            if !is_own(name) && !is_own(namespace) {
                continue;
            }
            if let (Some(secret), Some(inside)) = (of_claim(name), of_claim(namespace)) {
                let found = self.find("Secret", Some(&inside), &secret, claim);
                let place = parameters.entry(name).and_then(|name| name.origin.place);
                self.link(at, Tie::ReadsFrom, found, place);
            }
        }
    }

    /// The default class that is nearest to a file; the first of equally near ones.
    fn default_class(&self, path: &str) -> Option<usize> {
        nearest(self.defaults, path, |index| self.manifests.folder(index))
    }
}

const STORAGE_CLASS: &str = "storage.k8s.io/StorageClass";

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

/// What a kind is looked up by.
type Words<'a> = (&'a str, &'a str);

/// Each kind that is present, asked of the catalogue once.
fn kinds_present<'a, 'c>(
    manifests: &'a Manifests,
    catalog: &'c Catalog,
) -> Vec<Option<&'c KubernetesKind>> {
    let mut asked: HashMap<Words<'a>, Option<&'c KubernetesKind>> = HashMap::new();
    let all = manifests.all.iter();
    all.map(|manifest| {
        let words = (&*manifest.group, &*manifest.kind);
        *asked
            .entry(words)
            .or_insert_with(|| catalog.kubernetes_kind(words.0, words.1))
    })
    .collect()
}

#[cfg(test)]
mod tests;
