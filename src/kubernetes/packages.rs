//! Helm charts and kustomizations: which files belong to them, and are not what is applied in the end.

use std::collections::{BTreeMap, BTreeSet};

use super::{Problem, ProblemCode, yaml};
use crate::discover::{Input, Kind};
use crate::source::Sources;
use crate::value::{Path, Value};

/// What was found.
#[derive(Default)]
pub(super) struct Packages {
    /// Indexes of the files that belong to a chart or kustomization.
    pub(super) left_out: BTreeSet<usize>,
    pub(super) problems: Vec<Problem>,
    pub(super) charts: usize,
    pub(super) kustomizations: usize,
}

pub(super) fn find(files: &[Input], sources: &Sources) -> Packages {
    let mut packages = Packages::default();
    packages.charts(files);
    packages.kustomizations(files, sources);
    packages
}

impl Packages {
    fn charts(&mut self, files: &[Input]) {
        let folders: BTreeSet<&str> = files
            .iter()
            .filter(|file| file.kind == Kind::HelmChart)
            .map(|file| file.folder.as_str())
            .collect();
        self.charts = folders.len();
        for chart in files.iter().filter(|file| file.kind == Kind::HelmChart) {
            let mut left_out = 0;
            for (at, file) in files.iter().enumerate() {
                // Custom resource definitions in `crds/` are applied as they are; they are no templates.
                let is_template = file.kind == Kind::Manifest
                    && below(&chart.folder, &file.path)
                        .is_some_and(|rest| rest.starts_with("templates/"));
                if is_template {
                    left_out += usize::from(self.left_out.insert(at));
                }
            }
            // A chart inside another is rendered with it.
            if !outer_folders(&chart.folder).any(|outer| folders.contains(outer)) {
                self.problems.push(
                    Problem::warning(
                        ProblemCode::NotRendered,
                        format!(
                            "the Helm chart `{}` was not rendered; {} not judged",
                            shown(&chart.folder),
                            files_are(left_out)
                        ),
                    )
                    .in_file(&chart.path)
                    .help("scan the output of `helm template`"),
                );
            }
        }
    }

    fn kustomizations(&mut self, files: &[Input], sources: &Sources) {
        let by_path: BTreeMap<&str, usize> = files
            .iter()
            .enumerate()
            .map(|(at, file)| (file.path.as_str(), at))
            .collect();
        let all: Vec<&Input> = files
            .iter()
            .filter(|file| file.kind == Kind::Kustomization)
            .collect();
        let folders: BTreeSet<&str> = all.iter().map(|file| file.folder.as_str()).collect();
        self.kustomizations = all.len();
        let mut used = BTreeSet::new();
        let mut left_out = Vec::new();
        for kustomization in &all {
            let mut count = 0;
            for target in targets(kustomization, sources) {
                if folders.contains(target.as_str()) && target != kustomization.folder {
                    used.insert(target);
                } else if let Some(at) = by_path.get(target.as_str()) {
                    self.left_out.insert(*at);
                    count += 1;
                }
            }
            left_out.push(count);
        }
        for (kustomization, count) in all.iter().zip(left_out) {
            // What another kustomization builds on is rendered with it.
            if !used.contains(&kustomization.folder) {
                self.problems.push(
                    Problem::warning(
                        ProblemCode::NotRendered,
                        format!(
                            "the kustomization `{}` was not rendered; {} not judged",
                            shown(&kustomization.folder),
                            files_are(count)
                        ),
                    )
                    .in_file(&kustomization.path)
                    .help("scan the output of `kubectl kustomize`"),
                );
            }
        }
    }
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
fn resolve(folder: &str, reference: &str) -> Option<String> {
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

/// The rest of a path below a folder.
fn below<'a>(folder: &str, path: &'a str) -> Option<&'a str> {
    if folder.is_empty() {
        Some(path)
    } else {
        path.strip_prefix(folder)?.strip_prefix('/')
    }
}

/// Every folder around one, the top (the empty path) last.
fn outer_folders(folder: &str) -> impl Iterator<Item = &str> {
    let mut rest = (!folder.is_empty()).then_some(folder);
    std::iter::from_fn(move || {
        let outer = crate::discover::folder_of(rest?);
        rest = (!outer.is_empty()).then_some(outer);
        Some(outer)
    })
}

fn shown(folder: &str) -> &str {
    if folder.is_empty() { "." } else { folder }
}

fn files_are(count: usize) -> String {
    match count {
        1 => "1 file is".to_owned(),
        count => format!("{count} files are"),
    }
}
