//! Helm charts and kustomizations: which files belong to them, and are not what is applied in the end.

use std::collections::{BTreeMap, BTreeSet};

use super::{Problem, ProblemCode, yaml};
use crate::discover::{Input, Kind, folder_of};
use crate::source::Sources;
use crate::text::{Lang, Text, text};
use crate::value::{Path, Value};

/// What becomes objects only when it is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PackageKind {
    /// A Helm chart.
    Chart,
    /// A kustomization.
    Kustomization,
}

impl PackageKind {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chart => "helm-chart",
            Self::Kustomization => "kustomization",
        }
    }

    /// In words.
    pub fn title(self, lang: Lang) -> &'static str {
        match self {
            Self::Chart => lang.pick("Helm chart", "chart Helm"),
            Self::Kustomization => "kustomization",
        }
    }

    /// What people render it with.
    const fn command(self) -> &'static str {
        match self {
            Self::Chart => "helm template",
            Self::Kustomization => "kubectl kustomize",
        }
    }
}

/// A chart or kustomization that is rendered by itself.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) kind: PackageKind,
    /// Index of the file that makes its folder one.
    pub(super) at: usize,
    /// How many files are not judged when it is not rendered.
    pub(super) files: usize,
    /// Indexes of files that are applied as they are, and that its rendering repeats.
    pub(super) as_they_are: Vec<usize>,
    /// The name that a chart gives itself.
    pub(super) name: Option<String>,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Packages {
    /// Indexes of the files that belong to a chart or kustomization.
    pub(super) left_out: BTreeSet<usize>,
    /// What is rendered by itself, charts first, in the order of the files.
    pub(super) whole: Vec<Package>,
    /// What is wrong with them.
    pub(super) problems: Vec<Problem>,
    pub(super) charts: usize,
    pub(super) kustomizations: usize,
}

pub(super) fn find(files: &[Input], sources: &Sources) -> Packages {
    let mut packages = Packages::default();
    packages.charts(files, sources);
    packages.kustomizations(files, sources);
    packages
}

impl Package {
    /// Nobody rendered it: what it holds is not judged.
    pub(super) fn not_rendered(&self, file: &Input) -> Problem {
        Problem::warning(
            ProblemCode::NotRendered,
            Text::each(|lang| {
                let (kind, folder) = (self.kind.title(lang), shown(&file.folder));
                let files = not_judged(self.files, lang);
                match lang {
                    Lang::En => format!("the {kind} `{folder}` was not rendered; {files}"),
                    Lang::Fr => format!("{kind} `{folder}` n’a pas de rendu ; {files}"),
                }
            }),
        )
        .gap()
        .in_file(&file.path)
        .help(text!(
            "`--render` renders it with the installed program; or scan the output of `{}`",
            "`--render` le rend avec le programme installé ; ou analysez la sortie de `{}`",
            self.kind.command()
        ))
    }
}

/// A chart of the scan.
struct Chart<'a> {
    at: usize,
    /// The folder of the chart that it is rendered with; its own when it is rendered by itself.
    whole: &'a str,
    templates: usize,
    as_they_are: Vec<usize>,
}

impl Packages {
    fn charts(&mut self, files: &[Input], sources: &Sources) {
        let mut charts: BTreeMap<&str, Chart<'_>> = files
            .iter()
            .enumerate()
            .filter(|(_, file)| file.kind == Kind::HelmChart)
            .map(|(at, file)| {
                let chart = Chart {
                    at,
                    whole: &file.folder,
                    templates: 0,
                    as_they_are: Vec::new(),
                };
                (file.folder.as_str(), chart)
            })
            .collect();
        self.charts = charts.len();
        if charts.is_empty() {
            return;
        }
        // Helm renders what lies in `charts/` with the chart around it; a chart elsewhere in its folder is one of its own.
        // Outer folders sort before those in them, so that each finds the chart that the one around it is rendered with.
        let folders: Vec<&str> = charts.keys().copied().collect();
        for folder in folders {
            let around = around(folder, "charts").and_then(|outer| charts.get(outer));
            if let Some(whole) = around.map(|outer| outer.whole)
                && let Some(chart) = charts.get_mut(folder)
            {
                chart.whole = whole;
            }
        }
        for (at, file) in files.iter().enumerate() {
            if file.kind != Kind::Manifest {
                continue;
            }
            let Some((inside, whole)) = outer_folders(&file.path)
                .find_map(|folder| Some((inside(folder, &file.path), charts.get(folder)?.whole)))
            else {
                continue;
            };
            let Some(chart) = charts.get_mut(whole) else {
                continue;
            };
            if inside.starts_with("templates/") {
                chart.templates += 1;
                self.left_out.insert(at);
            } else if inside.starts_with("crds/") {
                chart.as_they_are.push(at);
            }
        }
        for (folder, chart) in charts {
            let Some(file) = files.get(chart.at).filter(|_| chart.whole == folder) else {
                continue;
            };
            let about = document(file, sources);
            let text = |key: &str| about.as_ref()?.entry(key)?.as_str().map(str::to_owned);
            // It holds nothing but what other charts take from it.
            if text("type").as_deref() == Some("library") {
                continue;
            }
            self.whole.push(Package {
                kind: PackageKind::Chart,
                at: chart.at,
                files: chart.templates,
                as_they_are: chart.as_they_are,
                name: text("name"),
            });
        }
    }

    fn kustomizations(&mut self, files: &[Input], sources: &Sources) {
        let by_path: BTreeMap<&str, usize> = files
            .iter()
            .enumerate()
            .map(|(at, file)| (file.path.as_str(), at))
            .collect();
        let all: Vec<(usize, &Input)> = files
            .iter()
            .enumerate()
            .filter(|(_, file)| file.kind == Kind::Kustomization)
            .collect();
        self.kustomizations = all.len();
        let of_folder: BTreeMap<&str, usize> = all
            .iter()
            .enumerate()
            .map(|(at, (_, file))| (file.folder.as_str(), at))
            .collect();
        let mut builds_on: Vec<Vec<usize>> = Vec::with_capacity(all.len());
        let mut used = vec![false; all.len()];
        let mut counts = Vec::with_capacity(all.len());
        for (own, (_, kustomization)) in all.iter().enumerate() {
            let mut count = 0;
            let mut others = Vec::new();
            for target in targets(kustomization, sources) {
                match of_folder.get(target.as_str()) {
                    Some(other) if *other != own => others.push(*other),
                    Some(_) => {}
                    None => {
                        if let Some(at) = by_path.get(target.as_str()) {
                            self.left_out.insert(*at);
                            count += 1;
                        }
                    }
                }
            }
            for other in &others {
                if let Some(used) = used.get_mut(*other) {
                    *used = true;
                }
            }
            builds_on.push(others);
            counts.push(count);
        }
        // What another kustomization builds on is rendered with it. Those that build on each other in a circle have none
        // that nobody builds on: the first of them stands for all.
        let mut reached = vec![false; all.len()];
        let unused = (0..all.len()).filter(|at| used.get(*at) == Some(&false));
        for first in unused.chain(0..all.len()) {
            if reached.get(first) != Some(&false) {
                continue;
            }
            reach(first, &builds_on, &mut reached);
            let (Some((at, file)), Some(count)) = (all.get(first), counts.get(first)) else {
                continue;
            };
            let package = Package {
                kind: PackageKind::Kustomization,
                at: *at,
                files: *count,
                as_they_are: Vec::new(),
                name: None,
            };
            let about = document(file, sources);
            let kind = about
                .as_ref()
                .and_then(|about| about.entry("kind")?.as_str());
            if kind == Some("Component") {
                self.problems.push(unused_component(&package, file));
            } else {
                self.whole.push(package);
            }
        }
    }
}

/// A component is a change to what others build: by itself it is nothing.
fn unused_component(package: &Package, file: &Input) -> Problem {
    Problem::warning(
        ProblemCode::NotRendered,
        Text::each(|lang| {
            let (folder, files) = (shown(&file.folder), not_judged(package.files, lang));
            match lang {
                Lang::En => format!(
                    "the component `{folder}` is used by no kustomization of the scan; {files}"
                ),
                Lang::Fr => format!(
                    "aucune kustomization de l’analyse n’emploie le composant `{folder}` ; {files}"
                ),
            }
        }),
    )
    .gap()
    .in_file(&file.path)
    .help(Text::new(
        "scan it together with the kustomizations that use it",
        "analysez-le avec les kustomizations qui l’emploient",
    ))
}

fn reach(first: usize, builds_on: &[Vec<usize>], reached: &mut [bool]) {
    let mut next = vec![first];
    while let Some(at) = next.pop() {
        match reached.get_mut(at) {
            Some(seen) if !*seen => *seen = true,
            _ => continue,
        }
        next.extend(builds_on.get(at).into_iter().flatten());
    }
}

/// The first document of a file.
fn document(file: &Input, sources: &Sources) -> Option<Value> {
    let source = sources.get(file.source);
    let parsed = yaml::parse(file.source, source.text());
    parsed.documents.into_iter().next().map(|first| first.value)
}

/// The folder around `FOLDER/NAME/x`.
fn around<'a>(folder: &'a str, name: &str) -> Option<&'a str> {
    let parent = folder_of(folder);
    if parent == name {
        return Some("");
    }
    parent.strip_suffix(name)?.strip_suffix('/')
}

/// The rest of a path that lies below a folder.
fn inside<'a>(folder: &str, path: &'a str) -> &'a str {
    let rest = path.get(folder.len()..).unwrap_or_default();
    rest.strip_prefix('/').unwrap_or(rest)
}

/// Fields of a kustomization that name files or folders.
const REFERENCES: &[&str] = &[
    "resources.*",
    "bases.*",
    "components.*",
    "crds.*",
    "configurations.*",
    "generators.*",
    "transformers.*",
    "validators.*",
    "patchesStrategicMerge.*",
    "patches.*.path",
    "patchesJson6902.*.path",
    "replacements.*.path",
    "openapi.path",
];

/// The files and folders of the scan that a kustomization names.
fn targets(kustomization: &Input, sources: &Sources) -> BTreeSet<String> {
    let source = sources.get(kustomization.source);
    let parsed = yaml::parse(kustomization.source, source.text());
    let mut targets = BTreeSet::new();
    for document in &parsed.documents {
        for field in REFERENCES {
            let Ok(path) = Path::parse(field) else {
                continue;
            };
            let named = document.value.get_all(&path);
            let named = named.into_iter().filter_map(Value::as_str);
            targets.extend(named.filter_map(|text| resolve(&kustomization.folder, text)));
        }
    }
    targets
}

/// A path below the scan root; none for what lies outside, and for addresses of other places.
pub(super) fn resolve(folder: &str, reference: &str) -> Option<String> {
    if reference.starts_with('/') || reference.contains("://") || reference.contains('\n') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in reference.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Every folder around one, the top (the empty path) last.
pub(super) fn outer_folders(folder: &str) -> impl Iterator<Item = &str> {
    let mut rest = (!folder.is_empty()).then_some(folder);
    std::iter::from_fn(move || {
        let outer = crate::discover::folder_of(rest?);
        rest = (!outer.is_empty()).then_some(outer);
        Some(outer)
    })
}

/// A folder as people see it.
pub(super) fn shown(folder: &str) -> &str {
    if folder.is_empty() { "." } else { folder }
}

fn not_judged(files: usize, lang: Lang) -> String {
    match (lang, files) {
        (Lang::En, 1) => "1 file is not judged".to_owned(),
        (Lang::En, files) => format!("{files} files are not judged"),
        (Lang::Fr, 0 | 1) => format!("{files} fichier n’est pas jugé"),
        (Lang::Fr, files) => format!("{files} fichiers ne sont pas jugés"),
    }
}
