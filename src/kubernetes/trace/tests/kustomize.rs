use super::super::kustomization;
use super::{Traced, folder, rendered, traced};

const DEPLOYMENT: &str = "apps/v1/Deployment clinic/prod-api";
const RECORDS: &str = "apps/v1/StatefulSet clinic/prod-records-v2";
const SETTINGS: &str = "v1/ConfigMap clinic/prod-settings-9k5f9d8tbg";
const SERVICE: &str = "v1/Service clinic/prod-api";

fn clinic() -> Traced {
    traced(
        kustomization,
        "clinic-overlays/overlays/prod",
        &rendered("clinic-overlays.rendered.yaml"),
        &folder("clinic-overlays"),
        &[],
    )
}

#[test]
fn each_value_is_traced_to_the_file_that_sets_it_last() {
    let traced = clinic();
    let cases: &[(&str, &str, &[&str])] = &[
        (
            DEPLOYMENT,
            "spec.template.spec.nodeSelector['topology.kubernetes.io/region']",
            &[
                "overlays/prod/region.yaml:8 us-east-1",
                "replaced <- base/deployment.yaml:18 eu-west-3",
            ],
        ),
        (
            DEPLOYMENT,
            "spec.template.spec.nodeSelector.disk",
            &["base/deployment.yaml:19 ssd"],
        ),
        (
            DEPLOYMENT,
            "spec.template.spec.containers.0.image",
            &["overlays/prod/region.yaml:11 gcr.io/datadoghq/agent:7"],
        ),
        (
            DEPLOYMENT,
            "spec.template.spec.containers.1.env.0.value",
            &[
                "overlays/prod/region.yaml:15 us-east-1",
                "replaced <- base/deployment.yaml:27 eu-west-3",
            ],
        ),
        (
            DEPLOYMENT,
            "spec.template.spec.containers.1.name",
            &["base/deployment.yaml:21 api"],
        ),
        (
            DEPLOYMENT,
            "spec.template.spec.containers.1.envFrom.0.configMapRef.name",
            &[
                "base/deployment.yaml:24 settings",
                "part <- overlays/prod/kustomization.yaml:4 prod-",
            ],
        ),
        (
            DEPLOYMENT,
            "spec.template.spec.containers.1.image",
            &[
                "overlays/prod/kustomization.yaml:13 \"4.2\"",
                "replaced <- base/deployment.yaml:22 registry.example.fr/clinic/api:4.1",
            ],
        ),
        (
            DEPLOYMENT,
            "spec.template.spec.containers.2.image",
            &[
                "overlays/prod/kustomization.yaml:15 quay.io/mirror/fluent-bit",
                "replaced <- base/deployment.yaml:29 docker.io/library/fluent-bit:3",
            ],
        ),
        (
            DEPLOYMENT,
            "spec.replicas",
            &[
                "overlays/prod/kustomization.yaml:10 3",
                "replaced <- base/deployment.yaml:9 1",
            ],
        ),
        (
            DEPLOYMENT,
            "metadata.labels['gardefou.eu/sensitivity']",
            &["overlays/prod/kustomization.yaml:7 health"],
        ),
        (
            DEPLOYMENT,
            "metadata.namespace",
            &["overlays/prod/kustomization.yaml:3 clinic"],
        ),
        (
            DEPLOYMENT,
            "metadata.name",
            &[
                "base/deployment.yaml:5 api",
                "part <- overlays/prod/kustomization.yaml:4 prod-",
            ],
        ),
        (
            RECORDS,
            "metadata.name",
            &[
                "store/store.yaml:3 records",
                "part <- overlays/prod/kustomization.yaml:4 prod-",
                "part <- store/kustomization.yaml:2 -v2",
            ],
        ),
        (
            RECORDS,
            "spec.volumeClaimTemplates.0.spec.storageClassName",
            &[
                "overlays/prod/kustomization.yaml:28 plain",
                "replaced <- store/store.yaml:16 encrypted",
            ],
        ),
        (
            SERVICE,
            "spec.externalName",
            &["overlays/prod/kustomization.yaml:34 db.example.com"],
        ),
        (
            SETTINGS,
            "data.REGION",
            &["overlays/prod/kustomization.yaml:20 REGION=us-east-1"],
        ),
        (
            SETTINGS,
            "data.MODE",
            &["base/kustomization.yaml:10 MODE=full"],
        ),
        (
            SETTINGS,
            "data['application.properties']",
            &[
                "base/kustomization.yaml:12 application.properties",
                "part <- base/application.properties:1 storage.region=eu-west-3",
            ],
        ),
    ];
    for (address, path, way) in cases {
        let found = traced.way(address, path);
        let found: Vec<String> = found
            .iter()
            .map(|step| step.replace("clinic-overlays/", ""))
            .collect();
        assert_eq!(&found, way, "{address} {path}");
    }
}

#[test]
fn headers_and_blocks_are_those_of_the_resource() {
    let traced = clinic();
    let shown = |address: &str| {
        let manifest = traced.manifest(address);
        assert!(manifest.block.contains(manifest.header), "{address}");
        traced
            .shown(manifest.header)
            .replace("clinic-overlays/", "")
    };
    assert_eq!(shown(DEPLOYMENT), "base/deployment.yaml:3 kind: Deployment");
    assert_eq!(shown(SERVICE), "base/deployment.yaml:32 kind: Service");
    assert_eq!(shown(SETTINGS), "base/kustomization.yaml:7 name: settings");
    let claim = "v1/PersistentVolumeClaim clinic/data-prod-records-v2-*";
    assert_eq!(shown(claim), "store/store.yaml:14 name: data");
    assert_eq!(
        traced.way(claim, "spec.storageClassName")[0],
        "clinic-overlays/overlays/prod/kustomization.yaml:28 plain"
    );
    assert_eq!(
        traced.key(DEPLOYMENT, "spec.replicas"),
        "clinic-overlays/overlays/prod/kustomization.yaml:10 count"
    );
}

#[test]
fn comments_are_those_of_the_files() {
    let traced = clinic();
    let comments = traced.file.comments.iter();
    let shown: Vec<String> = comments.map(|comment| traced.shown(*comment)).collect();
    assert_eq!(
        shown,
        [
            "clinic-overlays/base/deployment.yaml:1 # The interface that doctors use.",
            "clinic-overlays/base/deployment.yaml:16 # gardefou: ignore[residency/outside-area] a test only",
        ]
    );
}

#[test]
fn nearly_all_of_the_sample_is_traced() {
    let (count, all) = clinic().hold();
    // `apiVersion` and `kind` of what is generated stand nowhere.
    assert_eq!(count + 2, all);
}

fn files(all: &[(&str, &str)]) -> Vec<(String, String)> {
    let all = all.iter();
    all.map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect()
}

const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  a: b\n";

#[test]
fn what_fits_twice_or_says_something_else_stays_rendered() {
    let kustomization_of = |text: &'static str| ("k/kustomization.yaml", text);
    let address = "v1/ConfigMap x";
    // Two resources of one name.
    let twice = files(&[
        kustomization_of("resources: [a.yaml, b.yaml]\n"),
        ("k/a.yaml", CONFIG),
        ("k/b.yaml", CONFIG),
    ]);
    let traced_twice = traced(kustomization, "k", CONFIG, &twice, &[]);
    assert_eq!(traced_twice.way(address, "data.a"), ["k (rendered):6 b"]);
    // Changed after it was set, by something that is not looked at.
    let changed = files(&[
        kustomization_of("resources: [a.yaml]\n"),
        ("k/a.yaml", CONFIG),
    ]);
    let text = CONFIG.replace("a: b", "a: c");
    let traced_changed = traced(kustomization, "k", &text, &changed, &[]);
    assert_eq!(traced_changed.way(address, "data.a"), ["k (rendered):6 c"]);
    assert_eq!(
        traced_changed.way(address, "kind"),
        ["k/a.yaml:2 ConfigMap"]
    );
}

#[test]
fn kustomizations_that_build_on_themselves_end() {
    let round = files(&[
        (
            "k/kustomization.yaml",
            "resources: [., ../k, a.yaml, ../..]\n",
        ),
        ("k/a.yaml", CONFIG),
    ]);
    let traced = traced(kustomization, "k", CONFIG, &round, &[]);
    traced.hold();
}

#[test]
fn faulty_kustomizations_trace_nothing() {
    for text in [
        "",
        "[]",
        "resources: {a: b}\npatches: [1, {patch: 2}, {patch: '['}]\n",
        "- {{",
    ] {
        let faulty = files(&[("k/kustomization.yaml", text), ("k/a.yaml", CONFIG)]);
        let traced = traced(kustomization, "k", CONFIG, &faulty, &[]);
        assert_eq!(traced.hold().0, 0, "{text}");
    }
}

proptest::proptest! {
    /// Whatever the files say, what is traced holds, and nothing panics.
    #[test]
    fn changed_files_never_mislead(at in 0usize..2000, with in "[-{}a:\\n \"|x.$*&]{0,4}", which in 0usize..8) {
        let mut files = folder("clinic-overlays");
        let index = which % files.len();
        let text = &mut files[index].1;
        let at = at % (text.len() + 1);
        if text.is_char_boundary(at) {
            text.insert_str(at, &with);
        }
        let root = "clinic-overlays/overlays/prod";
        let text = rendered("clinic-overlays.rendered.yaml");
        traced(kustomization, root, &text, &files, &[]).hold();
    }
}
