//! From what a program wrote to objects of the scan: which file each comes from, in which namespace it is applied, and what
//! came of nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::helm::own_path;
use super::{File, Job, Made, PackageKind, join};
use crate::kubernetes::{Manifest, objects};

/// Gives every object the path of the file it comes from, and the namespace it is applied in.
pub(super) fn objects(file: &mut File, job: &Job<'_>, made: &Made) {
    let headers = match job.package.kind {
        PackageKind::Chart => headers(&made.text),
        PackageKind::Kustomization => Vec::new(),
    };
    let own: Arc<str> = job.file.path.as_str().into();
    let mut last: Option<(&str, Arc<str>)> = None;
    let namespace = installed_in(file, job);
    for manifest in &mut file.all {
        let before = headers.partition_point(|(at, _)| *at <= manifest.block.span.start);
        let named = before.checked_sub(1).and_then(|at| headers.get(at));
        manifest.path = match (named, &last) {
            (None, _) => Arc::clone(&own),
            (Some((_, source)), Some((known, path))) if source == known => Arc::clone(path),
            (Some((_, source)), _) => {
                let path = join(&job.file.folder, &template(source, &made.tree));
                last = Some((source, Arc::clone(&path)));
                path
            }
        };
        if manifest.namespace.is_none()
            && let Some(namespace) = &namespace
            && !is_of_cluster(&manifest.group, &manifest.kind)
        {
            manifest.namespace = Some(Arc::clone(namespace));
        }
        manifest.address = objects::address(
            &manifest.api_version,
            &manifest.kind,
            manifest.namespace.as_deref(),
            manifest.name.as_deref(),
            &manifest.path,
        );
    }
}

/// The namespace of what states none. Where nobody says it, Helm calls it `default`, and a chart that makes the namespace of
/// its release made one of that name: its objects belong there, whatever it is called in the end.
fn installed_in(file: &File, job: &Job<'_>) -> Option<Arc<str>> {
    if let Some(stated) = &job.rendering.namespace {
        return Some(stated.as_str().into());
    }
    let makes_it = |manifest: &Manifest| {
        manifest.group.is_empty()
            && &*manifest.kind == "Namespace"
            && manifest.name.as_deref() == Some("default")
    };
    let is_chart = job.package.kind == PackageKind::Chart;
    (is_chart && file.all.iter().any(makes_it)).then(|| "default".into())
}

/// Templates of a chart of which no object came, and archives of subcharts likewise.
pub(super) fn empty(file: &File, job: &Job<'_>, tree: &[String]) -> Vec<String> {
    let full: BTreeSet<&str> = file.all.iter().map(|manifest| &*manifest.path).collect();
    let came_of = |below: &String| {
        let path = join(&job.file.folder, below);
        match archive(below) {
            // `charts/db-1.2.0.tgz` holds the chart `db`.
            Some(name) => full.iter().any(|path| {
                let folder = join(&job.file.folder, "charts/");
                path.strip_prefix(&*folder)
                    .and_then(|rest| rest.split_once('/'))
                    .and_then(|(chart, _)| name.strip_prefix(chart))
                    .is_some_and(|version| version.starts_with('-'))
            }),
            None => full.contains(&*path),
        }
    };
    tree.iter()
        .filter(|below| is_template(below) || archive(below).is_some())
        .filter(|below| !came_of(below))
        .map(|below| join(&job.file.folder, below).to_string())
        .collect()
}

/// Does Helm make objects of it?
fn is_template(below: &str) -> bool {
    let name = below.rsplit('/').next().unwrap_or(below);
    own_path(below).starts_with("templates/")
        && !name.starts_with(['_', '.'])
        && name != "NOTES.txt"
}

/// The name of a chart that lies there packed.
fn archive(below: &str) -> Option<&str> {
    let name = below.strip_prefix("charts/")?;
    name.strip_suffix(".tgz").filter(|name| !name.contains('/'))
}

/// Where the documents of each template start: Helm says it in the line below the mark of a document. A comment elsewhere is
/// the template's own.
fn headers(text: &str) -> Vec<(u32, &str)> {
    let mut found = Vec::new();
    let (mut at, mut after_mark) = (0_u32, true);
    for line in text.split_inclusive('\n') {
        let words = line.trim_end();
        if after_mark && let Some(source) = words.strip_prefix("# Source: ") {
            found.push((at, source));
        }
        after_mark = words == "---";
        at += line.len() as u32;
    }
    found
}

/// The file below the chart that Helm calls `portal/charts/db/templates/x.yaml`: the first part is the name of the chart, and
/// a subchart goes by its name or alias, whatever its folder is called.
fn template(source: &str, tree: &[String]) -> String {
    let below = source.split_once('/').map_or(source, |(_, below)| below);
    let is_there = |path: &str| {
        tree.binary_search_by(|file| file.as_str().cmp(path))
            .is_ok()
    };
    if is_there(below) {
        return below.to_owned();
    }
    let Some((_, tail)) = below
        .strip_prefix("charts/")
        .and_then(|rest| rest.split_once('/'))
    else {
        return below.to_owned();
    };
    let candidates: BTreeSet<&str> = tree
        .iter()
        .filter_map(|file| file.strip_prefix("charts/")?.split_once('/'))
        .filter(|(_, rest)| *rest == tail)
        .map(|(folder, _)| folder)
        .collect();
    match candidates.first() {
        Some(folder) if candidates.len() == 1 => format!("charts/{folder}/{tail}"),
        _ => below.to_owned(),
    }
}

/// Kinds that lie in no namespace, of Kubernetes itself and of what is often installed beside it. Of a kind that nobody knows
/// most lie in one.
pub(in crate::kubernetes) fn is_of_cluster(group: &str, kind: &str) -> bool {
    const KINDS: [(&str, &[&str]); 13] = [
        (
            "",
            &["Namespace", "Node", "PersistentVolume", "ComponentStatus"],
        ),
        (
            "storage.k8s.io",
            &[
                "StorageClass",
                "CSIDriver",
                "CSINode",
                "VolumeAttachment",
                "VolumeAttributesClass",
            ],
        ),
        (
            "snapshot.storage.k8s.io",
            &["VolumeSnapshotClass", "VolumeSnapshotContent"],
        ),
        (
            "groupsnapshot.storage.k8s.io",
            &["VolumeGroupSnapshotClass", "VolumeGroupSnapshotContent"],
        ),
        ("apiextensions.k8s.io", &["CustomResourceDefinition"]),
        ("apiregistration.k8s.io", &["APIService"]),
        (
            "admissionregistration.k8s.io",
            &[
                "MutatingWebhookConfiguration",
                "ValidatingWebhookConfiguration",
                "ValidatingAdmissionPolicy",
                "ValidatingAdmissionPolicyBinding",
                "MutatingAdmissionPolicy",
                "MutatingAdmissionPolicyBinding",
            ],
        ),
        ("networking.k8s.io", &["IngressClass"]),
        ("gateway.networking.k8s.io", &["GatewayClass"]),
        ("node.k8s.io", &["RuntimeClass"]),
        ("scheduling.k8s.io", &["PriorityClass"]),
        (
            "flowcontrol.apiserver.k8s.io",
            &["FlowSchema", "PriorityLevelConfiguration"],
        ),
        ("capsule.clastix.io", &["Tenant", "CapsuleConfiguration"]),
    ];
    // `ClusterRole`, `ClusterIssuer`, `ClusterSecretStore`; but a `Cluster` itself is an object like others.
    let says_so = kind
        .strip_prefix("Cluster")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
    let listed = |(known, kinds): &(&str, &[&str])| *known == group && kinds.contains(&kind);
    says_so || KINDS.iter().any(listed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_line_below_the_mark_says_the_template() {
        let text = "---\n# Source: a/templates/x.yaml\n# Source: b/templates/y.yaml\nkind: A\n---\nkind: B\n---\n# Source: a/templates/z.yaml\n";
        assert_eq!(
            headers(text),
            [
                (4, "a/templates/x.yaml"),
                (text.len() as u32 - 29, "a/templates/z.yaml")
            ]
        );
    }

    #[test]
    fn subcharts_are_found_by_what_is_in_them() {
        let tree: Vec<String> = [
            "charts/db/templates/x.yaml",
            "charts/q/templates/y.yaml",
            "templates/x.yaml",
        ]
        .map(str::to_owned)
        .into();
        let of = |source| template(source, &tree);
        assert_eq!(of("portal/templates/x.yaml"), "templates/x.yaml");
        assert_eq!(
            of("portal/charts/db/templates/x.yaml"),
            "charts/db/templates/x.yaml"
        );
        assert_eq!(
            of("portal/charts/alias/templates/y.yaml"),
            "charts/q/templates/y.yaml"
        );
        assert_eq!(
            of("portal/charts/packed/templates/z.yaml"),
            "charts/packed/templates/z.yaml"
        );
    }

    #[test]
    fn partials_and_notes_make_no_objects() {
        for template in ["templates/a.yaml", "charts/b/templates/deep/c.txt"] {
            assert!(is_template(template), "{template}");
        }
        for other in [
            "templates/_helpers.tpl",
            "templates/NOTES.txt",
            "values.yaml",
            "files/templates/a.yaml",
        ] {
            assert!(!is_template(other), "{other}");
        }
        assert_eq!(archive("charts/db-1.2.0.tgz"), Some("db-1.2.0"));
        assert_eq!(archive("charts/db/charts/x-1.tgz"), None);
    }

    #[test]
    fn what_lies_in_no_namespace_is_left_there() {
        assert!(is_of_cluster("storage.k8s.io", "StorageClass"));
        assert!(is_of_cluster("external-secrets.io", "ClusterSecretStore"));
        assert!(!is_of_cluster("", "PersistentVolumeClaim"));
        assert!(!is_of_cluster("postgresql.cnpg.io", "Cluster"));
        assert!(!is_of_cluster("example.org", "Node"));
    }
}
