//! Kubernetes manifests: which objects the files declare, and how they hang together.
//!
//! Charts and kustomizations are recognised and reported, never judged raw: what they become is only known once they
//! are rendered.

mod backups;
mod etcd;
mod links;
mod objects;
mod packages;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

pub use links::{Link, Tie, links, pod_spec};

use crate::discover::{Input, Kind, folder_of};
use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, Sources};
use crate::syntax::yaml::{self, Keys};
use crate::value::Value;

/// One object.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// `apps/v1/Deployment prod/api`; without a name, its file stands in the place of the name.
    pub address: Arc<str>,
    /// As written: `apps/v1`.
    pub api_version: Arc<str>,
    /// `apps`; empty for the core.
    pub group: Arc<str>,
    /// `v1`
    pub version: Arc<str>,
    /// `Deployment`
    pub kind: Arc<str>,
    /// Its name.
    pub name: Option<Arc<str>>,
    /// The namespace it states. None: it has none, or whoever applies it decides.
    pub namespace: Option<Arc<str>>,
    /// The whole object.
    pub value: Value,
    /// Where the keys of its mappings stand.
    pub keys: Keys,
    /// The `kind:` line.
    pub header: Place,
    /// From its first to its last byte.
    pub block: Place,
    /// Path of its file as shown.
    pub path: Arc<str>,
    /// For a claim that a StatefulSet makes for each of its pods: the StatefulSet.
    pub template_of: Option<usize>,
}

/// What the files of a scan declare.
#[derive(Debug, Default)]
pub struct Manifests {
    /// Every object, in the order of files and documents; items of lists in their place.
    pub all: Vec<Manifest>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Every comment of the files that were read.
    pub comments: Vec<Place>,
    /// What was covered.
    pub counts: Counts,
    by_kind: HashMap<Arc<str>, Kindred>,
}

/// Objects by name, sorted by folder.
type Named = HashMap<Arc<str>, Vec<usize>>;

/// The objects of one kind: a map in a map is asked with the texts at hand.
#[derive(Debug, Default)]
struct Kindred {
    by_namespace: HashMap<Arc<str>, Named>,
    without_namespace: Named,
}

/// What was covered, for the report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files read.
    pub files: usize,
    /// Objects found.
    pub objects: usize,
    /// Documents that are no Kubernetes objects.
    pub other_documents: usize,
    /// Documents left out because they are templates.
    pub templates: usize,
    /// Helm charts, none of them rendered.
    pub charts: usize,
    /// Kustomizations, none of them rendered.
    pub kustomizations: usize,
    /// Files left out because they belong to a chart or kustomization.
    pub files_not_rendered: usize,
}

impl Manifests {
    /// The object of that kind, namespace and name; of several the one whose file is nearest to `path`.
    pub fn find(
        &self,
        kind: &str,
        namespace: Option<&str>,
        name: &str,
        path: &str,
    ) -> Option<usize> {
        let kindred = self.by_kind.get(kind)?;
        let named = match namespace {
            Some(namespace) => kindred.by_namespace.get(namespace)?,
            None => &kindred.without_namespace,
        };
        nearest(named.get(name)?, path, |index| self.folder(index))
    }

    fn folder(&self, index: usize) -> &str {
        let manifest = self.all.get(index);
        manifest.map_or("", |manifest| folder_of(&manifest.path))
    }

    /// The `Namespace` object of an object's namespace, when it is part of the scan.
    pub fn namespace_of(&self, manifest: &Manifest) -> Option<usize> {
        let name = manifest.namespace.as_deref()?;
        self.find("Namespace", None, name, &manifest.path)
    }

    fn index(&mut self) {
        let mut by_kind: HashMap<Arc<str>, Kindred> = HashMap::new();
        for (at, manifest) in self.all.iter().enumerate() {
            let Some(name) = &manifest.name else { continue };
            let kindred = by_kind.entry(Arc::clone(&manifest.kind)).or_default();
            let named = match &manifest.namespace {
                Some(namespace) => kindred
                    .by_namespace
                    .entry(Arc::clone(namespace))
                    .or_default(),
                None => &mut kindred.without_namespace,
            };
            named.entry(Arc::clone(name)).or_default().push(at);
        }
        for kindred in by_kind.values_mut() {
            let inside = kindred.by_namespace.values_mut();
            let all = inside.chain([&mut kindred.without_namespace]);
            for found in all.flat_map(HashMap::values_mut) {
                self.sort_by_folder(found);
            }
        }
        self.by_kind = by_kind;
    }

    /// The order that [`nearest`] needs.
    fn sort_by_folder(&self, indexes: &mut [usize]) {
        indexes.sort_by(|a, b| parts(self.folder(*a)).cmp(parts(self.folder(*b))));
    }
}

fn parts(folder: &str) -> std::str::Split<'_, char> {
    folder.split('/')
}

/// Of indexes sorted by folder the one that shares most leading folders with a path; the first of equally near ones.
///
/// What shares most stands beside the place where the path itself would be, so that many objects of one name (a class
/// repeated for every application) cost no more than a search.
fn nearest<'a>(sorted: &[usize], path: &str, folder: impl Fn(usize) -> &'a str) -> Option<usize> {
    let wanted = folder_of(path);
    let at = sorted.partition_point(|index| parts(folder(*index)).lt(parts(wanted)));
    let beside = [at.checked_sub(1), Some(at)];
    let shared = beside
        .into_iter()
        .flatten()
        .filter_map(|at| sorted.get(at))
        .map(|index| common_folders(wanted, folder(*index)))
        .max()?;
    let first = sorted.partition_point(|index| {
        let leading = parts(folder(*index)).take(shared);
        leading.lt(parts(wanted).take(shared))
    });
    sorted.get(first).copied()
}

/// How many leading parts two folders share.
fn common_folders(a: &str, b: &str) -> usize {
    parts(a).zip(parts(b)).take_while(|(a, b)| a == b).count()
}

/// Reads every manifest among the files of a scan.
pub fn read(files: &[Input], sources: &Sources) -> Manifests {
    let packages = packages::find(files, sources);
    let mut manifests = Manifests {
        problems: packages.problems,
        ..Manifests::default()
    };
    manifests.counts.charts = packages.charts;
    manifests.counts.kustomizations = packages.kustomizations;
    let wanted = to_read(files, &packages.left_out, &mut manifests.counts);
    let read: Vec<_> = wanted
        .par_iter()
        .map(|file| objects::read(file, sources))
        .collect();
    for one in read {
        let before = manifests.all.len();
        manifests
            .all
            .extend(one.all.into_iter().map(|mut manifest| {
                manifest.template_of = manifest.template_of.map(|index| index + before);
                manifest
            }));
        manifests.problems.extend(one.problems);
        manifests.comments.extend(one.comments);
        manifests.counts.other_documents += one.other_documents;
        manifests.counts.templates += one.templates;
    }
    manifests.counts.files = wanted.len();
    manifests.counts.objects = manifests.all.len();
    manifests.index();
    manifests
}

fn to_read<'a>(
    files: &'a [Input],
    left_out: &BTreeSet<usize>,
    counts: &mut Counts,
) -> Vec<&'a Input> {
    let mut wanted = Vec::new();
    for (at, file) in files.iter().enumerate() {
        if file.kind != Kind::Manifest {
            continue;
        }
        if left_out.contains(&at) {
            counts.files_not_rendered += 1;
        } else {
            wanted.push(file);
        }
    }
    wanted
}

#[cfg(test)]
mod tests;
