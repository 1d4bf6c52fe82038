use super::super::chart;
use super::{Traced, folder, rendered, traced};

const DEPLOYMENT: &str = "apps/v1/Deployment rel-clinic";
const SETTINGS: &str = "v1/ConfigMap rel-clinic-settings";
const NANTES: &str = "s3.aws.upbound.io/v1beta1/Bucket chu-nantes-records";
const LILLE: &str = "s3.aws.upbound.io/v1beta1/Bucket chu-lille-records";
const BACKUP: &str = "velero.io/v1/BackupStorageLocation default";
const ARCHIVE: &str = "external-secrets.io/v1/SecretStore rel-archive-prod";

fn clinic() -> Traced {
    traced(
        chart,
        "clinic",
        &rendered("clinic.rendered.yaml"),
        &folder("clinic"),
        &["clinic/values-prod.yaml"],
    )
}

#[test]
fn each_value_is_traced_to_its_template_and_to_what_sets_it() {
    let traced = clinic();
    let cases: &[(&str, &str, &[&str])] = &[
        (
            DEPLOYMENT,
            "spec.replicas",
            &[
                "clinic/templates/deployment.yaml:14 {{ .Values.replicas }}",
                ".Values.replicas <- clinic/values-prod.yaml:1 3",
            ],
        ),
        (
            DEPLOYMENT,
            "spec.template.spec.nodeSelector['topology.kubernetes.io/region']",
            &[
                "clinic/templates/deployment.yaml:25 {{- toYaml .Values.nodeSelector | nindent 8 }}",
                ".Values.nodeSelector[\"topology.kubernetes.io/region\"] <- clinic/values.yaml:11 eu-west-3",
            ],
        ),
        (
            DEPLOYMENT,
            "metadata.annotations['example.fr/region']",
            &[
                "clinic/templates/deployment.yaml:11 {{- toYaml . | nindent 4 }}",
                ".Values.annotations[\"example.fr/region\"] <- clinic/values-prod.yaml:6 us-east-1",
            ],
        ),
        (
            DEPLOYMENT,
            "metadata.labels['gardefou.eu/sensitivity']",
            &[
                "clinic/templates/deployment.yaml:7 {{- include \"clinic.labels\" . | nindent 4 }}",
                "template clinic.labels <- clinic/templates/_helpers.tpl:5 {{ include \"clinic.sensitivity\" . }}",
                "template clinic.sensitivity <- clinic/templates/_helpers.tpl:12 health",
            ],
        ),
        (
            DEPLOYMENT,
            "metadata.labels.team",
            &[
                "clinic/templates/deployment.yaml:7 {{- include \"clinic.labels\" . | nindent 4 }}",
                "template clinic.labels <- clinic/templates/_helpers.tpl:7 {{ toYaml . }}",
                ".Values.labels.team <- clinic/values.yaml:24 soins",
            ],
        ),
        (
            DEPLOYMENT,
            "metadata.labels.tier",
            &["clinic/templates/deployment.yaml:8 api"],
        ),
        (
            DEPLOYMENT,
            "spec.template.spec.containers.0.env.0.value",
            &[
                "clinic/templates/deployment.yaml:35 {{ $storage.region | quote }}",
                ".Values.storage.region <- clinic/values-prod.yaml:3 us-east-1",
            ],
        ),
        (
            DEPLOYMENT,
            "spec.template.spec.containers.0.env.1.value",
            &[
                "clinic/templates/deployment.yaml:37 {{ $.Values.global.country }}",
                ".Values.global.country <- clinic/values.yaml:29 fr",
            ],
        ),
        (
            DEPLOYMENT,
            "spec.template.spec.containers.0.env.2.value",
            &["clinic/templates/deployment.yaml:40 \"true\""],
        ),
        (
            DEPLOYMENT,
            "spec.template.spec.containers.1.image",
            &[
                "clinic/templates/deployment.yaml:47 {{ .Values.sidecar.image }}",
                ".Values.sidecar.image <- clinic/values.yaml:17 docker.io/library/busybox:1",
            ],
        ),
        (
            SETTINGS,
            "data.region",
            &[
                "clinic/templates/settings.yaml:7 {{ default \"eu-west-9\" .Values.storage.region }}",
                ".Values.storage.region <- clinic/values-prod.yaml:3 us-east-1",
            ],
        ),
        (
            SETTINGS,
            "data.literal",
            &["clinic/templates/settings.yaml:12 fixed"],
        ),
        (
            SETTINGS,
            "data['label.team']",
            &[
                "clinic/templates/settings.yaml:14 {{ $value | quote }}",
                ".Values.labels <- clinic/values.yaml:24 soins",
            ],
        ),
        (
            NANTES,
            "spec.forProvider.region",
            &[
                "clinic/templates/tenants.yaml:12 {{ .region }}",
                ".Values.tenants.region <- clinic/values.yaml:20 fr-par",
            ],
        ),
        (
            LILLE,
            "spec.forProvider.region",
            &[
                "clinic/templates/tenants.yaml:12 {{ .region }}",
                ".Values.tenants.region <- clinic/values.yaml:22 nl-ams",
            ],
        ),
        (
            NANTES,
            "spec.forProvider.objectLockEnabled",
            &["clinic/templates/tenants.yaml:14 true"],
        ),
        (
            BACKUP,
            "spec.config.region",
            &[
                "clinic/templates/tenants.yaml:31 {{ $.Values.storage.region }}",
                ".Values.storage.region <- clinic/values-prod.yaml:3 us-east-1",
            ],
        ),
        (
            BACKUP,
            "spec.objectStorage.bucket",
            &[
                "clinic/templates/tenants.yaml:33 {{ required \"a bucket\" .bucket }}",
                ".Values.backup.bucket <- clinic/values-prod.yaml:8 backups-prod",
            ],
        ),
        (
            ARCHIVE,
            "metadata.labels.country",
            &[
                "clinic/charts/store/templates/secret-store.yaml:7 {{ .Values.global.country }}",
                ".Values.global.country <- clinic/values.yaml:29 fr",
            ],
        ),
        (
            ARCHIVE,
            "spec.provider.scaleway.region",
            &["clinic/charts/store/templates/secret-store.yaml:11 fr-par"],
        ),
        // The text is not the one that was set.
        (
            ARCHIVE,
            "spec.provider.scaleway.projectId",
            &["clinic/charts/store/templates/secret-store.yaml:12 {{ .Values.bucket | upper }}"],
        ),
    ];
    for (address, path, way) in cases {
        assert_eq!(&traced.way(address, path), way, "{address} {path}");
    }
}

#[test]
fn values_made_of_parts_name_each_part() {
    let traced = clinic();
    assert_eq!(
        traced.way(DEPLOYMENT, "spec.template.spec.containers.0.image"),
        [
            "clinic/templates/deployment.yaml:32 \"{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}\"",
            ".Values.image.repository <- clinic/values.yaml:8 registry.example.fr/clinic/api",
            ".Values.image.tag <- clinic/values.yaml:9 \"4.2\"",
        ]
    );
    assert_eq!(
        traced.way(ARCHIVE, "metadata.name"),
        [
            "clinic/charts/store/templates/secret-store.yaml:4 {{ .Release.Name }}-{{ .Values.bucket }}",
            ".Values.bucket <- clinic/values-prod.yaml:12 archive-prod",
        ]
    );
}

#[test]
fn headers_blocks_keys_and_paths_are_those_of_the_template() {
    let traced = clinic();
    let manifest = traced.manifest(DEPLOYMENT);
    assert_eq!(&*manifest.path, "clinic/templates/deployment.yaml");
    assert_eq!(
        traced.shown(manifest.header),
        "clinic/templates/deployment.yaml:3 kind: Deployment"
    );
    assert!(manifest.block.contains(manifest.header));
    assert_eq!(traced.sources.start(manifest.block).line, 2);
    assert_eq!(traced.sources.end(manifest.block).line, 47);
    assert_eq!(
        traced.key(DEPLOYMENT, "spec.replicas"),
        "clinic/templates/deployment.yaml:14 replicas"
    );
    assert_eq!(
        traced.key(ARCHIVE, "spec.provider.scaleway"),
        "clinic/charts/store/templates/secret-store.yaml:10 {{ .Values.provider }}"
    );
    let header = traced.manifest("v1/Namespace chu-lille").header;
    assert_eq!(
        traced.shown(header),
        "clinic/templates/tenants.yaml:18 kind: Namespace"
    );
}

#[test]
fn definitions_are_where_they_are_written() {
    let traced = clinic();
    let crd = "apiextensions.k8s.io/v1/CustomResourceDefinition sites.example.fr";
    assert_eq!(
        traced.way(crd, "spec.group"),
        ["clinic/crds/tenant.yaml:17 example.fr"]
    );
    let header = traced.manifest(crd).header;
    assert_eq!(
        traced.shown(header),
        "clinic/crds/tenant.yaml:13 kind: CustomResourceDefinition"
    );
}

#[test]
fn comments_are_those_of_the_templates_each_once() {
    let traced = clinic();
    let mut shown: Vec<String> = traced
        .file
        .comments
        .iter()
        .filter(|comment| comment.source != traced.rendered)
        .map(|comment| traced.shown(*comment))
        .collect();
    shown.sort();
    assert_eq!(
        shown,
        ["clinic/templates/settings.yaml:6 # gardefou: ignore[residency/outside-area] a test only",]
    );
}

#[test]
fn all_of_the_sample_is_traced() {
    let (count, all) = clinic().hold();
    assert_eq!(count, all);
    assert!(all > 60, "{all}");
}
