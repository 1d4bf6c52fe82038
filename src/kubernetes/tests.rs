use super::*;
use crate::catalog::Catalog;
use crate::discover::{self, State};
use crate::problem::Weight;

/// Files as `discover` classifies them by name; enough for these tests.
fn inputs(sources: &Sources, files: &[(&str, &str)]) -> Vec<Input> {
    files
        .iter()
        .map(|(path, text)| Input {
            path: (*path).to_owned(),
            folder: folder_of(path).to_owned(),
            kind: match path.rsplit('/').next() {
                Some("Chart.yaml") => Kind::HelmChart,
                Some("kustomization.yaml") => Kind::Kustomization,
                _ => Kind::Manifest,
            },
            source: sources.add(*path, *text),
        })
        .collect()
}

pub(super) fn read_all(files: &[(&str, &str)]) -> (Manifests, Sources) {
    let sources = Sources::new();
    let manifests = read(&inputs(&sources, files), &sources);
    (manifests, sources)
}

fn addresses(manifests: &Manifests) -> Vec<&str> {
    manifests
        .all
        .iter()
        .map(|manifest| &*manifest.address)
        .collect()
}

pub(super) fn linked(manifests: &Manifests) -> Vec<String> {
    let address = |index: usize| &*manifests.all[index].address;
    links(manifests, Catalog::get())
        .iter()
        .map(|link| {
            format!(
                "{} {} {}",
                address(link.from),
                link.tie.as_str(),
                address(link.to)
            )
        })
        .collect()
}

#[test]
fn objects_have_addresses_headers_and_namespaces() {
    let text = "# front\n# gardefou: ignore[a/b] kept\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api, namespace: prod}\n---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: prod\n---\napiVersion: batch/v1\nkind: Job\nmetadata: {generateName: import-}\n---\nsome: values\n";
    let (manifests, sources) = read_all(&[("k8s/a.yaml", text)]);
    assert_eq!(
        addresses(&manifests),
        [
            "apps/v1/Deployment prod/api",
            "v1/Namespace prod",
            "batch/v1/Job import-*"
        ]
    );
    let api = &manifests.all[0];
    assert_eq!(
        (&*api.group, &*api.version, &*api.kind),
        ("apps", "v1", "Deployment")
    );
    assert_eq!(sources.text(api.header), "kind: Deployment");
    assert!(sources.text(api.block).starts_with("apiVersion: apps/v1"));
    assert_eq!(manifests.namespace_of(api), Some(1));
    assert_eq!(manifests.counts.objects, 3);
    assert_eq!(manifests.counts.other_documents, 1);
    assert_eq!(manifests.comments.len(), 1);
    assert_eq!(manifests.problems, []);
}

#[test]
fn lists_are_unfolded() {
    let text = r#"{"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}},
        {"apiVersion": "v1", "kind": "ConfigMapList", "items": [{"metadata": {"name": "b"}}]}
    ]}"#;
    let typed = "apiVersion: apps/v1\nkind: DeploymentList\nitems:\n- metadata: {name: c}\n";
    let odd = "apiVersion: x.io/v1\nkind: AllowList\nspec: {}\nitems: []\nmetadata: {name: d}\n";
    let (manifests, _) = read_all(&[("a.json", text), ("b.yaml", typed), ("c.yaml", odd)]);
    assert_eq!(
        addresses(&manifests),
        [
            "v1/Pod a",
            "v1/ConfigMap b",
            "apps/v1/Deployment c",
            "x.io/v1/AllowList d"
        ]
    );
}

#[test]
fn half_an_object_is_said() {
    let text = "kind: Pod\nmetadata: {name: a}\n---\napiVersion: 1\nkind: Pod\nmetadata: {name: b}\n---\nkind: x\n";
    let (manifests, sources) = read_all(&[("a.yaml", text)]);
    assert!(manifests.all.is_empty());
    let places: Vec<_> = manifests
        .problems
        .iter()
        .map(|problem| sources.text(problem.place.expect("a place")))
        .collect();
    assert_eq!(places, ["kind: Pod", "apiVersion: 1"]);
    assert!(
        manifests
            .problems
            .iter()
            .all(|problem| problem.code == ProblemCode::Manifest)
    );
}

#[test]
fn charts_are_reported_and_their_templates_left_out() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n";
    let (manifests, _) = read_all(&[
        ("charts/app/Chart.yaml", "apiVersion: v2\nname: app\n"),
        (
            "charts/app/charts/db/Chart.yaml",
            "apiVersion: v2\nname: db\n",
        ),
        ("charts/app/charts/db/templates/db.yaml", pod),
        (
            "charts/app/crds/crd.yaml",
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: crd}\n",
        ),
        (
            "charts/app/templates/deep/pod.yaml",
            "kind: {{ .Values.kind }}\n",
        ),
        ("charts/app/values.yaml", "apiVersion: of something\n"),
        ("other/templates/pod.yaml", pod),
    ]);
    assert_eq!(
        addresses(&manifests),
        [
            "apiextensions.k8s.io/v1/CustomResourceDefinition crd",
            "v1/Pod x"
        ]
    );
    assert_eq!(
        (manifests.counts.charts, manifests.counts.files_not_rendered),
        (2, 2)
    );
    let messages: Vec<_> = manifests
        .problems
        .iter()
        .map(|problem| &*problem.message.en)
        .collect();
    assert_eq!(
        messages,
        ["the Helm chart `charts/app` was not rendered; 2 files are not judged"]
    );
    assert_eq!(manifests.problems[0].weight, Weight::Warning);
}

#[test]
fn kustomizations_are_reported_and_their_files_left_out() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n";
    let (manifests, _) = read_all(&[
        (
            "base/kustomization.yaml",
            "resources: [pod.yaml, ../../outside.yaml, \"https://example.org/x.yaml\"]\n",
        ),
        ("base/pod.yaml", pod),
        (
            "base/loose.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: loose}\n",
        ),
        (
            "prod/kustomization.yaml",
            "resources:\n- ../base\npatches:\n- path: ./size.yaml\n",
        ),
        ("prod/size.yaml", pod),
    ]);
    assert_eq!(addresses(&manifests), ["v1/Pod loose"]);
    assert_eq!(
        (
            manifests.counts.kustomizations,
            manifests.counts.files_not_rendered
        ),
        (2, 2)
    );
    assert_eq!(manifests.problems.len(), 1);
    assert_eq!(
        manifests.problems[0].path.as_deref(),
        Some("prod/kustomization.yaml")
    );
}

#[test]
fn what_is_rendered_with_others_is_told_from_what_is_not() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n";
    let (manifests, _) = read_all(&[
        ("Chart.yaml", "apiVersion: v2\nname: top\n"),
        ("charts/lib/Chart.yaml", "name: lib\ntype: library\n"),
        ("charts/lib/templates/a.yaml", pod),
        ("examples/web/Chart.yaml", "name: web\n"),
        ("examples/web/charts/db/Chart.yaml", "name: db\n"),
        ("examples/web/charts/db/templates/b.yaml", pod),
        ("libs/common/Chart.yaml", "name: common\ntype: library\n"),
        ("libs/common/templates/c.yaml", pod),
        ("templates/d.yaml", pod),
    ]);
    let messages = |manifests: &Manifests| {
        let all = manifests.problems.iter();
        all.map(|problem| problem.message.en.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        messages(&manifests),
        [
            "the Helm chart `.` was not rendered; 2 files are not judged",
            "the Helm chart `examples/web` was not rendered; 1 file is not judged",
        ]
    );
    assert_eq!(manifests.counts.charts, 5);
    assert!(manifests.all.is_empty());
    // Overlays that build on each other in a circle hide from nobody, and neither does a component that nobody uses.
    let (manifests, _) = read_all(&[
        ("a/kustomization.yaml", "resources: [../b]\n"),
        ("b/kustomization.yaml", "resources: [../a, x.yaml]\n"),
        ("b/x.yaml", pod),
        (
            "c/kustomization.yaml",
            "kind: Component\npatches: [{path: x.yaml}]\n",
        ),
        ("c/x.yaml", pod),
    ]);
    assert_eq!(
        messages(&manifests),
        [
            "the component `c` is used by no kustomization of the scan; 1 file is not judged",
            "the kustomization `a` was not rendered; 0 files are not judged",
        ]
    );
    let outcomes: Vec<_> = manifests.renderings.iter().map(|of| of.outcome).collect();
    assert_eq!(outcomes, [RenderOutcome::NotRendered]);
}

#[test]
fn templates_outside_charts_are_said() {
    let (manifests, _) = read_all(&[(
        "a.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ name }}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\n",
    )]);
    assert_eq!(addresses(&manifests), ["v1/Pod b"]);
    assert_eq!(manifests.counts.templates, 1);
    assert_eq!(manifests.problems[0].code, ProblemCode::NotRendered);
}

#[test]
fn workloads_reach_claims_classes_and_namespaces() {
    let (manifests, sources) = read_all(&[(
        "a.yaml",
        r#"
apiVersion: v1
kind: Namespace
metadata: {name: prod}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: usual, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: prod}
spec: {storageClassName: fast}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: other}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: none, namespace: other}
spec: {storageClassName: "", volumeName: disk}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec: {storageClassName: fast}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: backup, namespace: prod}
spec: {jobTemplate: {spec: {template: {spec: {volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]}}}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: prod}
spec:
  template: {metadata: {labels: {app: db, tier: back}}}
  volumeClaimTemplates:
  - metadata: {name: disk}
    spec: {storageClassName: fast}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: prod}
spec: {selector: {app: db}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: prod}
spec: {rules: [{http: {paths: [{backend: {service: {name: db}}}]}}]}
"#,
    )]);
    assert_eq!(
        linked(&manifests),
        [
            "v1/PersistentVolumeClaim prod/data part-of v1/Namespace prod",
            "v1/PersistentVolumeClaim prod/data runs-on storage.k8s.io/v1/StorageClass fast",
            "v1/PersistentVolumeClaim other/data runs-on storage.k8s.io/v1/StorageClass usual",
            "v1/PersistentVolumeClaim other/none attached-to v1/PersistentVolume disk",
            "v1/PersistentVolume disk runs-on storage.k8s.io/v1/StorageClass fast",
            "batch/v1/CronJob prod/backup part-of v1/Namespace prod",
            "batch/v1/CronJob prod/backup attached-to v1/PersistentVolumeClaim prod/data",
            "apps/v1/StatefulSet prod/db part-of v1/Namespace prod",
            "apps/v1/StatefulSet prod/db attached-to v1/PersistentVolumeClaim prod/disk-db-*",
            "v1/PersistentVolumeClaim prod/disk-db-* part-of v1/Namespace prod",
            "v1/PersistentVolumeClaim prod/disk-db-* runs-on storage.k8s.io/v1/StorageClass fast",
            "v1/Service prod/db part-of v1/Namespace prod",
            "v1/Service prod/db exposes apps/v1/StatefulSet prod/db",
            "networking.k8s.io/v1/Ingress prod/web part-of v1/Namespace prod",
            "networking.k8s.io/v1/Ingress prod/web exposes v1/Service prod/db",
        ]
    );
    let claim = manifests
        .all
        .iter()
        .find(|m| m.template_of.is_some())
        .expect("a claim");
    assert_eq!(sources.text(claim.header), "name: disk");
}

#[test]
fn of_two_estates_the_nearest_counts() {
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: app}\n";
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: app, labels: {a: b}}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: app}\nspec: {selector: {a: b}}\n";
    let (manifests, _) = read_all(&[
        ("dev/ns.yaml", namespace),
        ("dev/x/pod.yaml", pod),
        ("prod/ns.yaml", namespace),
        ("prod/x/pod.yaml", pod),
    ]);
    let of = |index: usize| &*manifests.all[index].path;
    let pairs: Vec<_> = links(&manifests, Catalog::get())
        .iter()
        .map(|link| (of(link.from), of(link.to)))
        .collect();
    assert!(
        pairs
            .iter()
            .all(|(from, to)| from.split('/').next() == to.split('/').next()),
        "{pairs:?}"
    );
    assert_eq!(pairs.len(), 6);
}

#[test]
fn a_folder_on_disk_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let write =
        |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    write(
        "good.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\nkind: \"open\napiVersion: v1\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\n",
    );
    write("ci.yaml", "on: push\n");
    let sources = Sources::new();
    let found = discover::discover(
        &[folder.path().to_owned()],
        &discover::Options::default(),
        &sources,
    );
    let manifests = read(&found.files, &sources);
    assert_eq!(addresses(&manifests), ["v1/Pod a", "v1/Pod b"]);
    assert_eq!(manifests.problems.len(), 1);
    assert_eq!(manifests.problems[0].weight, Weight::Error);
    assert_eq!(found.counts[&(Kind::Data, State::Skipped)], 1);
}

proptest::proptest! {
    #[test]
    fn the_search_finds_what_a_look_at_all_finds(
        mut folders in proptest::collection::vec("[ab-]{1,2}(/[ab-]{1,2}){0,3}", 1..12),
        wanted in "[ab-]{1,2}(/[ab-]{1,2}){0,3}",
    ) {
        folders.sort_by(|a, b| parts(a).cmp(parts(b)));
        let all: Vec<usize> = (0..folders.len()).collect();
        let found = nearest(&all, &format!("{wanted}/x.yaml"), |at| &folders[at]);
        let best = all.iter().copied().rev().max_by_key(|at| common_folders(&wanted, &folders[*at]));
        proptest::prop_assert_eq!(found, best);
    }
}
