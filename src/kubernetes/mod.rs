//! Kubernetes manifests: which objects the files declare, and how they hang together.
//!
//! Charts and kustomizations are recognised and reported, never judged raw: what they become is only known once they
//! are rendered.

mod applied;
mod backups;
mod deliveries;
mod etcd;
mod inside;
mod links;
mod objects;
mod owned;
mod packages;
pub mod payload;
mod secrets;
mod shapes;
#[cfg_attr(
    not(test),
    allow(dead_code, unused_imports, reason = "for those who render")
)]
mod trace;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

pub use crate::catalog::Tie;
pub use links::{Link, links};
pub(crate) use secrets::shown_texts;

use crate::catalog::Catalog;
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
    /// The comments of the files that were read that may hold an ignore.
    pub comments: Vec<Place>,
    /// What was covered.
    pub counts: Counts,
    /// Objects that a controller made of others in the scan, each with the one it is judged with.
    pub covered: BTreeMap<usize, usize>,
    by_name: HashMap<Identity, Vec<usize>>,
}

/// Kind with its group, namespace, name.
type Identity = (Arc<str>, Option<Arc<str>>, Arc<str>);

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

impl Manifest {
    /// As rules write it: `apps/Deployment`, without version; of the core group just `Pod`.
    pub fn kind_word(&self) -> Arc<str> {
        if self.group.is_empty() {
            Arc::clone(&self.kind)
        } else {
            format!("{}/{}", self.group, self.kind).into()
        }
    }
}

impl Manifests {
    /// Objects from elsewhere than files.
    pub fn of(all: Vec<Manifest>) -> Self {
        let mut manifests = Self {
            all,
            ..Self::default()
        };
        manifests.index();
        manifests
    }

    /// The object of that kind (`apps/Deployment`, of the core group just `Pod`), namespace and name; of several the one
    /// whose file is nearest to `path`.
    pub fn find(
        &self,
        kind: &str,
        namespace: Option<&str>,
        name: &str,
        path: &str,
    ) -> Option<usize> {
        let key = (Arc::from(kind), namespace.map(Arc::from), Arc::from(name));
        nearest(self.by_name.get(&key)?, path, |index| self.folder(index))
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
        let mut words: HashMap<(&str, &str), Arc<str>> = HashMap::new();
        for (at, manifest) in self.all.iter().enumerate() {
            if let Some(name) = &manifest.name {
                let word = words
                    .entry((&manifest.group, &manifest.kind))
                    .or_insert_with(|| manifest.kind_word());
                let key = (
                    Arc::clone(word),
                    manifest.namespace.clone(),
                    Arc::clone(name),
                );
                self.by_name.entry(key).or_default().push(at);
            }
        }
        let mut by_name = std::mem::take(&mut self.by_name);
        for found in by_name.values_mut() {
            self.sort_by_folder(found);
        }
        self.by_name = by_name;
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
    inside::unfold(&mut manifests.all);
    manifests.covered = owned::find(&mut manifests.all, Catalog::get());
    manifests.index();
    let delivered = deliveries::find(files, &manifests);
    manifests.problems.extend(delivered);
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
