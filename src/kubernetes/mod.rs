//! Kubernetes manifests: which objects the files declare, and how they hang together.
//!
//! Charts and kustomizations are recognised and never judged raw: what they become is only known once they are rendered, by
//! the installed programs when that is asked for. Else they are reported.

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
mod releases;
mod render;
mod secrets;
mod shapes;
mod trace;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;

pub use crate::catalog::Tie;
pub use links::{Link, links};
pub use packages::PackageKind;
pub use releases::{Release, Unseen, releases};
pub use render::{By, Render, RenderOutcome, Rendering, Tools};
pub(crate) use secrets::{printable, shown_texts};

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
    /// Index of the rendering it came of; none for what is written as it is applied.
    pub rendering: Option<usize>,
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
    /// Every chart and kustomization, with what became of it.
    pub renderings: Vec<Rendering>,
    /// The charts that Terraform installs.
    pub releases: Vec<Release>,
    /// What is written as it is applied.
    plain: Index,
    /// What was rendered.
    rendered: Index,
}

/// Objects by kind with its group, namespace and name.
#[derive(Debug, Default)]
struct Index(HashMap<Arc<str>, Kindred>);

/// Objects by name, sorted by folder.
type Named = HashMap<Arc<str>, Vec<usize>>;

/// The objects of one kind: a map in a map is asked with the texts at hand.
#[derive(Debug, Default)]
struct Kindred {
    by_namespace: HashMap<Arc<str>, Named>,
    without_namespace: Named,
}

impl Index {
    fn get(&self, kind: &str, namespace: Option<&str>, name: &str) -> Option<&[usize]> {
        let kindred = self.0.get(kind)?;
        let named = match namespace {
            Some(namespace) => kindred.by_namespace.get(namespace)?,
            None => &kindred.without_namespace,
        };
        named.get(name).map(Vec::as_slice)
    }

    fn add(&mut self, kind: Arc<str>, namespace: Option<&Arc<str>>, name: &Arc<str>, at: usize) {
        let kindred = self.0.entry(kind).or_default();
        let named = match namespace {
            Some(namespace) => kindred
                .by_namespace
                .entry(Arc::clone(namespace))
                .or_default(),
            None => &mut kindred.without_namespace,
        };
        named.entry(Arc::clone(name)).or_default().push(at);
    }

    /// Every list of objects of one identity.
    fn lists(&mut self) -> impl Iterator<Item = &mut Vec<usize>> {
        self.0.values_mut().flat_map(|kindred| {
            let inside = kindred.by_namespace.values_mut();
            let all = inside.chain([&mut kindred.without_namespace]);
            all.flat_map(HashMap::values_mut)
        })
    }
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
    /// Helm charts, rendered or not, with those that are parts of others.
    pub charts: usize,
    /// Kustomizations, rendered or not, with those that others build on.
    pub kustomizations: usize,
    /// Files that are not judged as they are, because they belong to a chart or kustomization.
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

    /// Some of these objects, with others: what tells renderings apart is kept.
    pub fn beside(&self, all: Vec<Manifest>) -> Self {
        let mut manifests = Self {
            all,
            renderings: self.renderings.clone(),
            releases: self.releases.clone(),
            ..Self::default()
        };
        manifests.index();
        manifests
    }

    /// The object of that kind (`apps/Deployment`, of the core group just `Pod`), namespace and name: one of the same
    /// rendering, else the one whose file is nearest to that of `from`. What another rendering of the same chart or
    /// kustomization made is never meant.
    pub fn find(
        &self,
        kind: &str,
        namespace: Option<&str>,
        name: &str,
        from: &Manifest,
    ) -> Option<usize> {
        let plain = self.plain.get(kind, namespace, name);
        let near = |found: &[usize]| nearest(found, &from.path, |index| self.folder(index));
        let Some(rendered) = self.rendered.get(kind, namespace, name) else {
            return near(plain?);
        };
        let of = |index: &usize| self.all.get(*index).and_then(|one| one.rendering);
        let own = rendered.iter().find(|index| of(index) == from.rendering);
        if own.is_some() && from.rendering.is_some() {
            return own.copied();
        }
        let mut all: Vec<usize> = rendered
            .iter()
            .filter(|index| !self.exclude_each_other(of(index), from.rendering))
            .chain(plain.into_iter().flatten())
            .copied()
            .collect();
        self.sort_by_folder(&mut all);
        near(&all)
    }

    /// Objects of two renderings of one package are never applied side by side: one is for production, the other for tests.
    /// Charts that Terraform installs are, on one cluster.
    pub fn are_apart(&self, a: usize, b: usize) -> bool {
        let rendering = |index: usize| self.all.get(index).and_then(|manifest| manifest.rendering);
        self.exclude_each_other(rendering(a), rendering(b))
    }

    fn exclude_each_other(&self, a: Option<usize>, b: Option<usize>) -> bool {
        let (Some(a), Some(b)) = (a, b) else {
            return false;
        };
        if a == b {
            return false;
        }
        if let (Some(a), Some(b)) = (self.installed(a), self.installed(b)) {
            return !a.is_beside(b);
        }
        let of = |at: usize| self.renderings.get(at).map(|of| (of.kind, &*of.folder));
        of(a) == of(b)
    }

    /// The release that a rendering is of.
    fn installed(&self, rendering: usize) -> Option<&Release> {
        let by = self.renderings.get(rendering)?.by.as_ref()?;
        self.releases.get(by.release)
    }

    /// Index of the release that made an object.
    pub fn release_of(&self, manifest: &Manifest) -> Option<usize> {
        let rendering = self.renderings.get(manifest.rendering?)?;
        rendering.by.as_ref().map(|by| by.release)
    }

    fn folder(&self, index: usize) -> &str {
        let manifest = self.all.get(index);
        manifest.map_or("", |manifest| folder_of(&manifest.path))
    }

    /// The `Namespace` object of an object's namespace, when it is part of the scan.
    pub fn namespace_of(&self, manifest: &Manifest) -> Option<usize> {
        let name = manifest.namespace.as_deref()?;
        self.find("Namespace", None, name, manifest)
    }

    fn add(&mut self, file: objects::File, rendering: Option<usize>) {
        let before = self.all.len();
        self.all.extend(file.all.into_iter().map(|mut manifest| {
            manifest.template_of = manifest.template_of.map(|index| index + before);
            manifest.rendering = rendering;
            manifest
        }));
        self.problems.extend(file.problems);
        self.comments.extend(file.comments);
        self.counts.other_documents += file.other_documents;
        self.counts.templates += file.templates;
    }

    /// Objects of a chart that is installed twice are told apart by their releases.
    fn say_release(&mut self) {
        for manifest in &mut self.all {
            let rendering = manifest.rendering.and_then(|at| self.renderings.get(at));
            if let Some(by) = rendering.and_then(|rendering| rendering.by.as_ref()) {
                manifest.address = format!("{}: {}", by.address, manifest.address).into();
            }
        }
    }

    fn index(&mut self) {
        let mut words: HashMap<(&str, &str), Arc<str>> = HashMap::new();
        let (mut plain, mut rendered) = (Index::default(), Index::default());
        for (at, manifest) in self.all.iter().enumerate() {
            let Some(name) = &manifest.name else { continue };
            let word = words
                .entry((&manifest.group, &manifest.kind))
                .or_insert_with(|| manifest.kind_word());
            let index = match manifest.rendering {
                Some(_) => &mut rendered,
                None => &mut plain,
            };
            index.add(Arc::clone(word), manifest.namespace.as_ref(), name, at);
        }
        for found in plain.lists().chain(rendered.lists()) {
            self.sort_by_folder(found);
        }
        (self.plain, self.rendered) = (plain, rendered);
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

/// Reads every manifest among the files of a scan. Charts and kustomizations are reported.
pub fn read(files: &[Input], sources: &Sources) -> Manifests {
    read_rendered(files, sources, None, Vec::new())
}

/// Reads every manifest among the files of a scan, and what charts, releases of charts and kustomizations become, when that
/// is asked for.
pub fn read_rendered(
    files: &[Input],
    sources: &Sources,
    render: Option<Render<'_>>,
    mut releases: Vec<Release>,
) -> Manifests {
    let packages = packages::find(files, sources);
    let made = match render {
        Some(render) => render::all(&packages, files, sources, render, &mut releases),
        None => render::none(&packages, files),
    };
    let mut manifests = Manifests {
        problems: packages.problems,
        renderings: made.renderings,
        releases,
        ..Manifests::default()
    };
    manifests.problems.extend(made.problems);
    manifests.counts.charts = packages.charts;
    manifests.counts.kustomizations = packages.kustomizations;
    let left_out = &packages.left_out | &made.repeated;
    let wanted = to_read(files, &left_out, &mut manifests.counts);
    let read: Vec<_> = wanted
        .par_iter()
        .map(|file| objects::read(file, sources))
        .collect();
    let count = read.iter().map(|file| file.all.len()).sum();
    manifests.all.reserve(count);
    let mut asks = objects::Asks::default();
    for file in read {
        asks = asks.or(file.asks);
        manifests.add(file, None);
    }
    for (rendering, file) in made.files {
        asks = asks.or(file.asks);
        manifests.add(file, Some(rendering));
    }
    manifests.counts.files = wanted.len();
    manifests.counts.objects = manifests.all.len();
    if !manifests.renderings.is_empty() {
        secrets::hide_origins(&manifests.all, sources);
        // A base that several renderings build on brings its comments with each.
        let mut seen = HashSet::new();
        manifests.comments.retain(|comment| seen.insert(*comment));
    }
    if asks.deliveries {
        deliveries::place(files, &mut manifests);
    }
    let of_files = manifests.all.len();
    if asks.inner {
        inside::unfold(&mut manifests.all);
    }
    let unfolded = manifests.all.iter().skip(of_files);
    let asks = unfolded
        .map(objects::Asks::of)
        .fold(asks, objects::Asks::or);
    if asks.recorded {
        manifests.covered = owned::find(&mut manifests.all, Catalog::get());
    }
    manifests.say_release();
    manifests.index();
    if asks.deliveries {
        let delivered = deliveries::find(files, &manifests);
        manifests.problems.extend(delivered);
    }
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
