//! What is applied by a controller, from sources that the scan may not have: charts and folders that Argo CD and Flux
//! name. What they make is not judged, and that is said.

use std::collections::BTreeSet;

use super::{Manifest, Manifests};
use crate::discover::{Input, folder_of};
use crate::problem::{Problem, ProblemCode};
use crate::value::Value;

/// So many are told one by one; the rest are counted.
const MAX_TOLD: usize = 20;

/// What an object has applied.
enum Delivery<'a> {
    /// A chart, rendered with the values of the object.
    Chart(&'a str),
    /// The files of a folder.
    Folder(&'a str),
}

/// A warning for each chart, and for each folder that is not part of the scan.
pub(super) fn find(files: &[Input], manifests: &Manifests) -> Vec<Problem> {
    let folders = ends(files);
    let mut told = Vec::new();
    let mut more = 0_usize;
    for manifest in &manifests.all {
        for delivery in deliveries(manifest) {
            let message = match delivery {
                Delivery::Chart(name) => format!(
                    "{} installs the chart `{name}`, which was not rendered; what it makes is not judged",
                    manifest.address
                ),
                Delivery::Folder(path) if is_there(path, &folders) => continue,
                Delivery::Folder(path) => format!(
                    "{} applies `{path}`, which is not part of the scan; what it makes is not judged",
                    manifest.address
                ),
            };
            if told.len() == MAX_TOLD {
                more += 1;
                continue;
            }
            told.push(
                Problem::warning(ProblemCode::NotRendered, message)
                    .at(manifest.header)
                    .help("scan what it makes as well: rendered, or exported from the cluster"),
            );
        }
    }
    if more > 0 {
        let message = format!(
            "{more} more charts and folders are applied by others and are not part of the scan"
        );
        told.push(Problem::warning(ProblemCode::NotRendered, message));
    }
    told
}

fn deliveries(manifest: &Manifest) -> Vec<Delivery<'_>> {
    let Some(spec) = manifest.value.entry("spec") else {
        return Vec::new();
    };
    match (&*manifest.group, &*manifest.kind) {
        ("argoproj.io", "Application") => of_argo(spec),
        ("argoproj.io", "ApplicationSet") => {
            let template = spec.entry("template");
            let spec = template.and_then(|template| template.entry("spec"));
            spec.map_or_else(Vec::new, of_argo)
        }
        ("helm.toolkit.fluxcd.io", "HelmRelease") => {
            let chart = spec.entry("chart").and_then(|chart| chart.entry("spec"));
            let name = chart.and_then(|chart| text(chart, "chart"));
            let reference = spec.entry("chartRef").and_then(|of| text(of, "name"));
            let name = name.or(reference).unwrap_or("?");
            vec![Delivery::Chart(name)]
        }
        ("kustomize.toolkit.fluxcd.io", "Kustomization") => {
            vec![Delivery::Folder(text(spec, "path").unwrap_or(""))]
        }
        _ => Vec::new(),
    }
}

/// Each source of an application; one that only has values says nothing to apply.
fn of_argo(spec: &Value) -> Vec<Delivery<'_>> {
    let several = spec.entry("sources").and_then(Value::elements);
    let sources = spec.entry("source").into_iter();
    sources
        .chain(several.unwrap_or_default())
        .filter_map(
            |source| match (text(source, "chart"), text(source, "path")) {
                (Some(chart), _) => Some(Delivery::Chart(chart)),
                (None, Some(path)) => Some(Delivery::Folder(path)),
                (None, None) => None,
            },
        )
        .collect()
}

fn text<'v>(block: &'v Value, key: &str) -> Option<&'v str> {
    block.entry(key).and_then(Value::as_str)
}

/// Is a folder of a repository among those of the scan, which may be the repository, a part of it, or hold it?
fn is_there(path: &str, folders: &BTreeSet<&str>) -> bool {
    let path = path.trim_start_matches("./").trim_matches('/');
    // The whole repository; and what a generator fills in can be any folder.
    if path.is_empty() || path == "." || path.contains("{{") {
        return true;
    }
    let below = format!("{path}/");
    folders.contains(path)
        || folders
            .range(below.as_str()..)
            .next()
            .is_some_and(|folder| folder.starts_with(&below))
}

/// Every folder, and what is left of it without its first folders: the repository may lie anywhere in the scan.
fn ends(files: &[Input]) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for file in files {
        let mut rest = Some(folder_of(&file.path));
        while let Some(folder) = rest {
            if !found.insert(folder) {
                break;
            }
            rest = folder.split_once('/').map(|(_, rest)| rest);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::kubernetes::tests::read_all;

    fn warnings(files: &[(&str, &str)]) -> Vec<String> {
        let (manifests, _) = read_all(files);
        let problems = manifests.problems.iter();
        problems
            .map(|problem| problem.message.to_string())
            .collect()
    }

    #[test]
    fn charts_and_folders_of_others_are_said() {
        let text = r"
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: web, namespace: argocd }
spec: { source: { repoURL: https://charts.example, chart: web, helm: { values: 'a: b' } } }
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: here, namespace: argocd }
spec: { source: { repoURL: https://git.example, path: ./apps/here/ } }
---
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: many, namespace: argocd }
spec: { template: { spec: { sources: [{ path: 'apps/{{.name}}' }, { path: apps/he }, { ref: values }] } } }
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: db, namespace: app }
spec: { chart: { spec: { chart: postgresql, sourceRef: { kind: HelmRepository, name: r } } } }
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: all, namespace: flux-system }
spec: { sourceRef: { kind: GitRepository, name: g } }
";
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n";
        let found = warnings(&[
            ("fleet/clusters/a.yaml", text),
            ("fleet/apps/here/base/pod.yaml", pod),
            ("fleet/apps/here-too/pod.yaml", pod),
        ]);
        assert_eq!(
            found,
            [
                "argoproj.io/v1alpha1/Application argocd/web installs the chart `web`, which was not rendered; what it makes is not judged",
                "argoproj.io/v1alpha1/ApplicationSet argocd/many applies `apps/he`, which is not part of the scan; what it makes is not judged",
                "helm.toolkit.fluxcd.io/v2/HelmRelease app/db installs the chart `postgresql`, which was not rendered; what it makes is not judged",
            ]
        );
    }
}
