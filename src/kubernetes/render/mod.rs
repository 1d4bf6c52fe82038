//! Charts and kustomizations, rendered by the programs that are installed: what they become is what is applied.
//!
//! Nothing is started unless it was asked for. What is rendered is code of strangers: it is looked at first (links and
//! references that lead out of the repository, or to the network, are refused), then the program runs with nothing of the
//! environment and within bounds. Its exit status decides; a failure is an error, never a skip.

mod adopt;
mod helm;
mod installed;
mod kustomize;
mod said;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rayon::prelude::*;

pub use crate::program::Tools;
pub(super) use adopt::is_of_cluster;

use super::objects::{self, File};
use super::packages::{Package, PackageKind, Packages, shown};
use super::releases::{Release, Unseen};
use super::{Problem, ProblemCode, trace};
use crate::config::Config;
use crate::discover::{self, Input, Kind};
use crate::program::Bounds;
use crate::source::{SourceId, Sources};
use crate::text::{Text, text};

/// Renderings of one scan: each may take its time.
const MOST: usize = 500;
/// Renderings at a time: each may take its memory.
const AT_ONCE: usize = 4;
/// Seconds for each, when nobody says otherwise.
const TIMEOUT: u64 = 30;
/// Larger files are no templates or values.
const MAX_FILE: u64 = 16 << 20;

/// What is asked of rendering.
#[derive(Debug, Clone, Copy)]
pub struct Render<'a> {
    /// `[render]`, and the folder its paths are relative to.
    pub config: &'a Config,
    /// The folder that shown paths are relative to.
    pub root: &'a Path,
    /// Where programs come from.
    pub tools: &'a Tools,
    /// Files of values for every chart, over those of the configuration.
    pub values: &'a [PathBuf],
}

/// What became of a chart or kustomization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RenderOutcome {
    /// Its objects are among the manifests.
    Rendered,
    /// It was to be rendered and could not be; a problem says why.
    Failed,
    /// Nobody asked for it.
    NotRendered,
}

impl RenderOutcome {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rendered => "rendered",
            Self::Failed => "failed",
            Self::NotRendered => "not-rendered",
        }
    }
}

/// A chart or kustomization, rendered with some values. A chart may be rendered several times, for production and for tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendering {
    /// What it is.
    pub kind: PackageKind,
    /// Its folder as shown, `.` for the top of the scan.
    pub folder: String,
    /// What became of it.
    pub outcome: RenderOutcome,
    /// Name of the release of a chart.
    pub release: Option<String>,
    /// The resource of Terraform that installs the chart, when it is rendered for that.
    pub by: Option<By>,
    /// The namespace that a chart is installed in, when one is stated.
    pub namespace: Option<String>,
    /// Files of values beside those of the chart, as shown, in the order in which they count.
    pub values: Vec<String>,
    /// Objects that came of it.
    pub objects: usize,
    /// Templates of which no object came with these values, as shown, and archives of charts.
    pub empty: Vec<String>,
}

/// A resource of Terraform that installs a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// Index of the release.
    pub release: usize,
    /// Address of the resource.
    pub address: Arc<str>,
}

/// The texts that a rendering was made of.
#[derive(Debug)]
pub(super) struct Origins {
    /// The folder of the chart or kustomization as shown; empty for the top.
    pub(super) root: String,
    /// Templates, values and definitions of a chart with those of its subcharts; every file that a kustomization and those it
    /// builds on name: each with its path as shown.
    pub(super) files: Vec<(String, SourceId)>,
    /// Files of values that were given beside those of the chart, the last of which counts most.
    pub(super) values: Vec<SourceId>,
}

/// What came of rendering.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) renderings: Vec<Rendering>,
    /// The objects, each file with the index of its rendering.
    pub(super) files: Vec<(usize, File)>,
    pub(super) problems: Vec<Problem>,
    /// Indexes of files that a rendering repeats.
    pub(super) repeated: BTreeSet<usize>,
}

/// One run of a program.
struct Job<'a> {
    package: &'a Package,
    file: &'a Input,
    /// Its path as a source, which tells several of one chart apart.
    label: String,
    rendering: Rendering,
    what: What<'a>,
}

enum What<'a> {
    Chart(helm::Chart<'a>),
    Kustomization,
}

/// What a run gave.
struct Made {
    text: String,
    origins: Origins,
    /// Paths below its folder of all files of a chart.
    tree: Vec<String>,
}

/// What every run needs.
struct Shop<'a> {
    render: Render<'a>,
    sources: &'a Sources,
    /// Nothing outside this folder is read.
    boundary: PathBuf,
    bounds: Bounds,
    /// The texts that are at hand, by their shown path.
    known: BTreeMap<&'a str, SourceId>,
}

impl Shop<'_> {
    /// The text of a file below the boundary, read once; none for what is no text.
    fn source(&self, shown: &str, real: &Path) -> Option<SourceId> {
        if let Some(known) = self.known.get(shown) {
            return Some(*known);
        }
        let bytes = discover::bytes(real, MAX_FILE).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        (text.len() as u64 <= MAX_FILE).then(|| self.sources.add(shown, text))
    }

    /// The file of the scan that a text was read from, as it is.
    fn source_of(&self, text: &str) -> Option<SourceId> {
        let mut known = self.known.iter();
        known.find_map(|(path, source)| {
            let is_values = path.ends_with(".yaml") || path.ends_with(".yml");
            let is_same = is_values && self.sources.get(*source).text() == text;
            is_same.then_some(*source)
        })
    }

    fn real(&self, shown: &str) -> PathBuf {
        self.render.root.join(shown)
    }
}

/// Nothing was asked for: everything is left to be said.
pub(super) fn none(packages: &Packages, files: &[Input]) -> Outcome {
    let mut outcome = Outcome::default();
    for package in &packages.whole {
        let Some(file) = files.get(package.at) else {
            continue;
        };
        outcome.problems.push(package.not_rendered(file));
        outcome.renderings.push(Rendering {
            outcome: RenderOutcome::NotRendered,
            ..Rendering::of(package, file)
        });
    }
    outcome
}

/// Renders everything that was found.
pub(super) fn all(
    packages: &Packages,
    files: &[Input],
    sources: &Sources,
    render: Render<'_>,
    releases: &mut [Release],
) -> Outcome {
    let mut outcome = Outcome::default();
    let seconds = render.config.render.timeout.as_ref();
    let shop = Shop {
        render,
        sources,
        boundary: discover::boundary(render.root),
        bounds: Bounds::within(Duration::from_secs(
            seconds.map_or(TIMEOUT, |seconds| seconds.value),
        )),
        known: files
            .iter()
            .map(|file| (file.path.as_str(), file.source))
            .collect(),
    };
    let jobs = jobs(packages, files, &shop, releases, &mut outcome);
    for release in releases.iter_mut().filter(|one| one.install.is_some()) {
        release.unseen = Some(Unseen::NotInScan);
    }
    for job in outcome
        .renderings
        .iter()
        .chain(jobs.iter().map(|job| &job.rendering))
    {
        if let Some(release) = job.by.as_ref().and_then(|by| releases.get_mut(by.release)) {
            release.unseen = Some(Unseen::Failed);
        }
    }
    let made: Vec<_> = jobs
        .par_iter()
        .with_min_len(jobs.len().div_ceil(AT_ONCE).max(1))
        .map(|job| shop.run(job))
        .collect();
    for (job, made) in jobs.into_iter().zip(made) {
        outcome.take(job, made, releases);
    }
    outcome
}

fn jobs<'a>(
    packages: &'a Packages,
    files: &'a [Input],
    shop: &Shop<'a>,
    releases: &[Release],
    outcome: &mut Outcome,
) -> Vec<Job<'a>> {
    let mut jobs = Vec::new();
    let mut charts = helm::Charts::new(shop, &mut outcome.problems);
    for package in &packages.whole {
        let Some(file) = files.get(package.at) else {
            continue;
        };
        match package.kind {
            PackageKind::Chart => {
                jobs.extend(charts.jobs(package, file, releases, &mut outcome.problems));
            }
            PackageKind::Kustomization => jobs.push(Job {
                package,
                file,
                label: format!("{} (rendered)", shown(&file.folder)),
                rendering: Rendering::of(package, file),
                what: What::Kustomization,
            }),
        }
    }
    charts.unused(&mut outcome.problems);
    if jobs.len() > MOST {
        let message = text!(
            "more than {MOST} renderings; the rest is not judged",
            "plus de {MOST} rendus ; le reste n’est pas jugé"
        );
        outcome
            .problems
            .push(Problem::error(ProblemCode::Limit, message).help(Text::new(
                "scan fewer folders at a time",
                "analysez moins de dossiers à la fois",
            )));
        for job in jobs.drain(MOST..) {
            outcome.renderings.push(job.rendering);
        }
    }
    jobs
}

impl Rendering {
    /// Of a package, before anything is known.
    fn of(package: &Package, file: &Input) -> Self {
        Self {
            kind: package.kind,
            folder: shown(&file.folder).to_owned(),
            outcome: RenderOutcome::Failed,
            release: None,
            by: None,
            namespace: None,
            values: Vec::new(),
            objects: 0,
            empty: Vec::new(),
        }
    }
}

impl Shop<'_> {
    fn run(&self, job: &Job<'_>) -> Result<(File, Rendering), Vec<Problem>> {
        let made = match &job.what {
            What::Chart(chart) => helm::run(self, job, chart)?,
            What::Kustomization => kustomize::run(self, job)?,
        };
        let source = self
            .sources
            .add_rendered(job.label.as_str(), made.text.as_str());
        let input = Input {
            path: job.label.clone(),
            folder: job.file.folder.clone(),
            kind: Kind::Manifest,
            source,
        };
        let mut file = objects::read(&input, self.sources);
        let mut rendering = job.rendering.clone();
        rendering.outcome = RenderOutcome::Rendered;
        adopt::objects(&mut file, job, &made);
        rendering.objects = file.all.len();
        rendering.empty = adopt::empty(&file, job, &made.tree);
        let kind = job.package.kind;
        let mut file = traced(file, kind, source, &made.origins, self.sources);
        if let What::Chart(chart) = &job.what
            && let Some(installed) = &chart.installed
        {
            installed.land(&mut file);
        }
        Ok((file, rendering))
    }
}

/// Where the rendered objects are written by people: their places lead into templates, values and bases as far as these can
/// be told.
fn traced(
    mut file: File,
    kind: PackageKind,
    rendered: SourceId,
    origins: &Origins,
    sources: &Sources,
) -> File {
    let made = trace::Made {
        rendered,
        root: &origins.root,
        files: &origins.files,
        values: &origins.values,
    };
    match kind {
        PackageKind::Chart => trace::chart(&mut file, &made, sources),
        PackageKind::Kustomization => trace::kustomization(&mut file, &made, sources),
    }
    file
}

impl Outcome {
    fn take(
        &mut self,
        job: Job<'_>,
        made: Result<(File, Rendering), Vec<Problem>>,
        releases: &mut [Release],
    ) {
        let at = self.renderings.len();
        match made {
            Ok((file, rendering)) => {
                let by = rendering.by.as_ref();
                if let Some(release) = by.and_then(|by| releases.get_mut(by.release)) {
                    release.unseen = None;
                }
                self.renderings.push(rendering);
                self.files.push((at, file));
                self.repeated.extend(&job.package.as_they_are);
            }
            Err(problems) => {
                self.renderings.push(job.rendering);
                self.problems.extend(problems);
            }
        }
    }
}

/// `FOLDER/REST`, where the folder may be the top.
fn join(folder: &str, rest: &str) -> Arc<str> {
    if folder.is_empty() {
        rest.into()
    } else {
        format!("{folder}/{rest}").into()
    }
}
