//! What is applied by a controller, from sources that the scan may not have: charts and folders that Argo CD and Flux
//! name. What they make is not judged, and that is said; so is what they change of a chart or folder that was read.

use hashbrown::HashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::packages::outer_folders;
use super::render::{RenderOutcome, Rendering, is_of_cluster};
use super::{Manifest, Manifests, objects};
use crate::discover::Input;
use crate::problem::{Problem, ProblemCode};
use crate::text::{Lang, Text, text};
use crate::value::Value;

/// So many are told one by one; the rest are counted.
const MAX_TOLD: usize = 20;

/// What an object has applied.
enum Delivery<'a> {
    /// A chart, rendered with the values of the object.
    Chart(&'a str),
    /// The files of a folder.
    Folder(Folder<'a>),
}

/// A folder of a repository, and how it is applied.
struct Folder<'a> {
    path: &'a str,
    /// Its repository is named by what a generator fills in.
    anywhere: bool,
    /// For what states no namespace of its own.
    namespace: Option<&'a str>,
    /// Names of files of values.
    values: Vec<&'a str>,
    /// What else is changed on the way.
    changes: Vec<&'static str>,
}

/// Objects of a folder that one controller applies in a namespace are in it when they state none.
pub(super) fn place(files: &[Input], manifests: &mut Manifests) {
    let wanted = namespaces(files, manifests);
    if wanted.is_empty() {
        return;
    }
    for manifest in &mut manifests.all {
        if manifest.namespace.is_some() || is_of_cluster(&manifest.group, &manifest.kind) {
            continue;
        }
        let nearest = outer_folders(&manifest.path).find_map(|folder| wanted.get(folder));
        let Some(Some(namespace)) = nearest else {
            continue;
        };
        manifest.namespace = Some(Arc::clone(namespace));
        manifest.address = objects::address(
            &manifest.api_version,
            &manifest.kind,
            Some(namespace),
            manifest.name.as_deref(),
            &manifest.path,
        );
    }
}

/// By folder of the scan the namespace that it is applied in; none where several are.
fn namespaces(files: &[Input], manifests: &Manifests) -> BTreeMap<String, Option<Arc<str>>> {
    let mut folders: Option<Folders<'_>> = None;
    let mut wanted: BTreeMap<String, Option<Arc<str>>> = BTreeMap::new();
    for manifest in &manifests.all {
        for delivery in deliveries(manifest) {
            let Delivery::Folder(of) = delivery else {
                continue;
            };
            let Some(namespace) = of.namespace.filter(|name| !name.contains(['{', '$'])) else {
                continue;
            };
            let folders = folders.get_or_insert_with(|| Folders::of(files));
            let Some(folder) = folders.only(of.path) else {
                continue;
            };
            wanted
                .entry(folder.to_owned())
                .and_modify(|known| {
                    if known.as_deref() != Some(namespace) {
                        *known = None;
                    }
                })
                .or_insert_with(|| Some(namespace.into()));
        }
    }
    wanted
}

/// A warning for each chart, for each folder that is not part of the scan, and for each that was read in another form than it
/// is applied in.
pub(super) fn find(files: &[Input], manifests: &Manifests) -> Vec<Problem> {
    let mut folders: Option<Folders<'_>> = None;
    let mut told = Vec::new();
    let mut more = 0_usize;
    for manifest in &manifests.all {
        for delivery in deliveries(manifest) {
            let folders = folders.get_or_insert_with(|| Folders::of(files));
            let by = &manifest.address;
            let message = match &delivery {
                Delivery::Chart(name) => text!(
                    "{by} installs the chart `{name}`, which was not rendered; what it makes is not judged",
                    "{by} installe le chart `{name}`, qui n’a pas été rendu ; ce qu’il produit n’est pas jugé"
                ),
                Delivery::Folder(of) if of.anywhere => text!(
                    "{by} applies `{}` of repositories that its generators name; what it makes is not judged",
                    "{by} applique `{}` de dépôts que ses générateurs nomment ; ce qu’il produit n’est pas jugé",
                    of.path
                ),
                Delivery::Folder(of) if !folders.has(of.path) => text!(
                    "{by} applies `{}`, which is not part of the scan; what it makes is not judged",
                    "{by} applique `{}`, qui ne fait pas partie de l’analyse ; ce qu’il produit n’est pas jugé",
                    of.path
                ),
                Delivery::Folder(of) => {
                    let left = not_applied(of, folders, &manifests.renderings);
                    if left.is_empty() {
                        continue;
                    }
                    let left = Text::each(|lang| {
                        let names: Vec<&str> = left.iter().map(|word| named(word, lang)).collect();
                        names.join(", ")
                    });
                    text!(
                        "{by} applies `{}` with {left} that the rendering did not use; what they change is not judged",
                        "{by} applique `{}` avec des réglages que le rendu n’a pas employés ({left}) ; ce qu’ils changent n’est pas jugé",
                        of.path;
                        left
                    )
                }
            };
            if told.len() == MAX_TOLD {
                more += 1;
                continue;
            }
            told.push(
                Problem::warning(ProblemCode::NotRendered, message)
                    .gap()
                    .at(manifest.header)
                    .help(Text::new(
                        "scan what it makes as well: rendered, or exported from the cluster",
                        "analysez aussi ce qu’il produit : rendu, ou exporté du cluster",
                    )),
            );
        }
    }
    if more > 0 {
        let message = text!(
            "{more} more charts and folders are applied by others and are not part of the scan",
            "{more} autres charts et dossiers sont appliqués par ailleurs et ne font pas partie de l’analyse"
        );
        told.push(Problem::warning(ProblemCode::NotRendered, message).gap());
    }
    told
}

/// What of a delivery the objects at hand were made without. A package that nobody rendered is told as that.
fn not_applied(
    of: &Folder<'_>,
    folders: &Folders<'_>,
    renderings: &[Rendering],
) -> Vec<&'static str> {
    let folder = folders.only(of.path);
    let own = |rendering: &&Rendering| {
        let path = clean(&rendering.folder);
        folder.is_some_and(|folder| folder == path)
    };
    let own: Vec<&Rendering> = renderings.iter().filter(own).collect();
    if !own.is_empty() && own.iter().all(|one| one.outcome != RenderOutcome::Rendered) {
        return Vec::new();
    }
    let mut left = of.changes.clone();
    let used = |file: &&str| {
        let name = match file.strip_prefix('$') {
            Some(reference) => reference.split_once('/').map_or("", |(_, rest)| rest),
            None => file,
        };
        let name = clean(name);
        own.iter().flat_map(|one| &one.values).any(|known| {
            let before = known.strip_suffix(name);
            !name.is_empty()
                && before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
        })
    };
    if !of.values.iter().all(used) {
        left.insert(0, "files of values");
    }
    let elsewhere = |namespace: &str| {
        let stated = || own.iter().filter_map(|one| one.namespace.as_deref());
        stated().next().is_some() && !stated().any(|known| known == namespace)
    };
    if of.namespace.is_some_and(elsewhere) {
        left.push("a namespace");
    }
    left
}

/// What somebody else sets, in words.
fn named(change: &'static str, lang: Lang) -> &'static str {
    let french = match change {
        "files of values" => "fichiers de valeurs",
        "a namespace" => "un espace de noms",
        "a plugin" => "un plugin",
        "values" => "valeurs",
        "patches" => "correctifs",
        "components" => "composants",
        same => same,
    };
    lang.pick(change, french)
}

/// Does an object have anything applied?
pub(super) fn delivers(manifest: &Manifest) -> bool {
    !deliveries(manifest).is_empty()
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
        ("helm.toolkit.fluxcd.io", "HelmRelease") => vec![of_release(manifest, spec)],
        ("helm.crossplane.io" | "helm.m.crossplane.io", "Release") => {
            let chart = spec.entry("forProvider").and_then(|of| of.entry("chart"));
            let name = chart.and_then(|chart| text(chart, "name").or(text(chart, "url")));
            vec![Delivery::Chart(name.unwrap_or("?"))]
        }
        ("kustomize.toolkit.fluxcd.io", "Kustomization") => {
            let changes = [
                ("patches", "patches"),
                ("patchesStrategicMerge", "patches"),
                ("patchesJson6902", "patches"),
                ("images", "images"),
                ("components", "components"),
                ("postBuild", "substitutions"),
            ];
            vec![Delivery::Folder(Folder {
                path: text(spec, "path").unwrap_or(""),
                anywhere: false,
                namespace: text(spec, "targetNamespace"),
                values: Vec::new(),
                changes: set(Some(spec), &changes),
            })]
        }
        _ => Vec::new(),
    }
}

/// A release of Flux: of a chart in a repository of charts, or in a folder.
fn of_release<'a>(manifest: &'a Manifest, spec: &'a Value) -> Delivery<'a> {
    let chart = spec.entry("chart").and_then(|chart| chart.entry("spec"));
    let name = chart.and_then(|chart| text(chart, "chart"));
    let source = chart.and_then(|chart| text(chart.entry("sourceRef")?, "kind"));
    let (Some(path), Some("GitRepository" | "Bucket")) = (name, source) else {
        let reference = spec.entry("chartRef").and_then(|of| text(of, "name"));
        return Delivery::Chart(name.or(reference).unwrap_or("?"));
    };
    let values = chart.and_then(|chart| chart.entry("valuesFiles")?.elements());
    let values = values.unwrap_or_default().iter().filter_map(Value::as_str);
    let changes = [
        ("values", "values"),
        ("valuesFrom", "values"),
        ("postRenderers", "patches"),
    ];
    Delivery::Folder(Folder {
        path,
        anywhere: false,
        namespace: text(spec, "targetNamespace").or(manifest.namespace.as_deref()),
        values: values.collect(),
        changes: set(Some(spec), &changes),
    })
}

/// Each source of an application; one that only has values says nothing to apply.
fn of_argo(spec: &Value) -> Vec<Delivery<'_>> {
    let several = spec.entry("sources").and_then(Value::elements);
    let sources = spec.entry("source").into_iter();
    let destination = spec.entry("destination");
    let namespace = destination.and_then(|to| text(to, "namespace"));
    sources
        .chain(several.unwrap_or_default())
        .filter_map(
            |source| match (text(source, "chart"), text(source, "path")) {
                (Some(chart), _) => Some(Delivery::Chart(chart)),
                (None, Some(path)) => Some(Delivery::Folder(of_source(source, path, namespace))),
                (None, None) => None,
            },
        )
        .collect()
}

fn of_source<'a>(source: &'a Value, path: &'a str, namespace: Option<&'a str>) -> Folder<'a> {
    let helm = source.entry("helm");
    let values = helm.and_then(|helm| helm.entry("valueFiles")?.elements());
    let values = values.unwrap_or_default().iter().filter_map(Value::as_str);
    let mut changes = set(
        helm,
        &[
            ("values", "values"),
            ("valuesObject", "values"),
            ("parameters", "values"),
            ("fileParameters", "values"),
        ],
    );
    let kustomize = [
        ("patches", "patches"),
        ("images", "images"),
        ("components", "components"),
        ("namespace", "a namespace"),
    ];
    changes.extend(set(source.entry("kustomize"), &kustomize));
    changes.extend(set(Some(source), &[("plugin", "a plugin")]));
    Folder {
        path,
        anywhere: text(source, "repoURL").is_some_and(|url| url.contains("{{")),
        namespace: source
            .entry("kustomize")
            .and_then(|kustomize| text(kustomize, "namespace"))
            .or(namespace),
        values: values.collect(),
        changes,
    }
}

/// What of these is written, each word once.
fn set(block: Option<&Value>, keys: &[(&str, &'static str)]) -> Vec<&'static str> {
    let mut found = Vec::new();
    for (key, word) in keys {
        let value = block.and_then(|block| block.entry(key));
        let empty = |value: &Value| {
            value.is_null()
                || value.as_str() == Some("")
                || value.elements().is_some_and(<[Value]>::is_empty)
                || value.entries().is_some_and(<[_]>::is_empty)
        };
        if value.is_some_and(|value| !empty(value)) && !found.contains(word) {
            found.push(*word);
        }
    }
    found
}

fn text<'v>(block: &'v Value, key: &str) -> Option<&'v str> {
    block.entry(key).and_then(Value::as_str)
}

/// A path of a repository without what says nothing.
fn clean(path: &str) -> &str {
    let path = path.trim_start_matches("./").trim_matches('/');
    if path == "." { "" } else { path }
}

/// The folders of the scan, which may be the repository, a part of it, or hold it.
struct Folders<'a> {
    all: BTreeSet<&'a str>,
    /// By what is left of a folder without its first folders: the folder, if one alone ends so.
    ends: HashMap<&'a str, Option<&'a str>>,
}

impl<'a> Folders<'a> {
    fn of(files: &'a [Input]) -> Self {
        let mut all: BTreeSet<&str> = BTreeSet::new();
        for file in files {
            for folder in outer_folders(&file.path) {
                if !all.insert(folder) {
                    break;
                }
            }
        }
        let mut ends = HashMap::new();
        for folder in &all {
            let mut rest = *folder;
            while let Some((_, shorter)) = rest.split_once('/') {
                rest = shorter;
                ends.entry(rest)
                    .and_modify(|known| *known = None)
                    .or_insert(Some(*folder));
            }
        }
        Self { all, ends }
    }

    /// Is a folder of a repository among them?
    fn has(&self, path: &str) -> bool {
        let path = clean(path);
        // The whole repository; and what a generator fills in can be any folder.
        path.is_empty()
            || path.contains("{{")
            || self.all.contains(path)
            || self.ends.contains_key(path)
    }

    /// The one folder of the scan that is meant: the one at its top, else the only one that ends so.
    fn only(&self, path: &str) -> Option<&'a str> {
        let path = clean(path);
        if path.is_empty() {
            return None;
        }
        let at_top = self.all.get(path).copied();
        at_top.or_else(|| self.ends.get(path).copied().flatten())
    }
}

#[cfg(test)]
mod tests {
    use crate::kubernetes::tests::read_all;

    fn warnings(files: &[(&str, &str)]) -> Vec<String> {
        let (manifests, _) = read_all(files);
        let problems = manifests.problems.iter();
        problems
            .map(|problem| problem.message.en.to_string())
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

    #[test]
    fn what_a_rendering_was_made_without_is_said() {
        let text = r"
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: patched, namespace: argocd }
spec:
  source: { repoURL: https://git.example, path: apps/here, kustomize: { images: [a=b], patches: [{ patch: '' }] } }
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: filled, namespace: flux-system }
spec: { path: ./apps/here, patches: [], postBuild: { substitute: { region: us-east-1 } }, sourceRef: { kind: GitRepository, name: g } }
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: web, namespace: app }
spec: { values: { a: b }, chart: { spec: { chart: ./charts/web, sourceRef: { kind: GitRepository, name: g } } } }
---
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: many, namespace: argocd }
spec: { template: { spec: { source: { repoURL: 'https://git.example/{{name}}.git', path: . } } } }
---
apiVersion: helm.crossplane.io/v1beta1
kind: Release
metadata: { name: pg }
spec: { forProvider: { chart: { name: postgresql, repository: https://charts.example } } }
";
        let found = warnings(&[
            ("clusters/a.yaml", text),
            (
                "apps/here/pod.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n",
            ),
            ("charts/web/Chart.yaml", "name: web\n"),
        ]);
        assert_eq!(
            found,
            [
                "the Helm chart `charts/web` was not rendered; 0 files are not judged",
                "argoproj.io/v1alpha1/Application argocd/patched applies `apps/here` with patches, images that the rendering did not use; what they change is not judged",
                "kustomize.toolkit.fluxcd.io/v1/Kustomization flux-system/filled applies `./apps/here` with substitutions that the rendering did not use; what they change is not judged",
                "argoproj.io/v1alpha1/ApplicationSet argocd/many applies `.` of repositories that its generators name; what it makes is not judged",
                "helm.crossplane.io/v1beta1/Release pg installs the chart `postgresql`, which was not rendered; what it makes is not judged",
            ]
        );
    }

    #[test]
    fn what_states_no_namespace_is_where_it_is_applied() {
        let app = |name: &str, path: &str, namespace: &str| {
            format!(
                "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\nspec: {{source: {{path: {path}}}, destination: {{namespace: {namespace}}}}}\n---\n"
            )
        };
        let text = [
            app("a", "apps/a", "clinic"),
            app("b", "apps/b", "blue"),
            app("b2", "apps/b", "green"),
        ]
        .concat();
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: q, namespace: own}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: clinic}\n";
        let (manifests, _) = read_all(&[
            ("fleet/argo.yaml", &text),
            ("fleet/apps/a/deep/x.yaml", pod),
            ("fleet/apps/b/x.yaml", pod),
        ]);
        let addresses: Vec<&str> = manifests.all.iter().map(|one| &*one.address).collect();
        assert_eq!(
            addresses[3..],
            [
                "v1/Pod clinic/p",
                "v1/Pod own/q",
                "v1/Namespace clinic",
                "v1/Pod p",
                "v1/Pod own/q",
                "v1/Namespace clinic",
            ]
        );
    }
}
