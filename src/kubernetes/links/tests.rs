//! One small estate for each way in which objects name each other.

use crate::kubernetes::tests::{linked, read_all};
use crate::problem::ProblemCode;

/// Links of one kind, in the form `from tie to`.
fn seen(text: &str, tie: &str) -> Vec<String> {
    let (manifests, _) = read_all(&[("a.yaml", text)]);
    let mut problems = manifests.problems.clone();
    problems.retain(|problem| problem.code != ProblemCode::NotRendered);
    assert_eq!(problems, []);
    let mut found = linked(&manifests);
    found.retain(|link| link.contains(tie));
    found
}

#[test]
fn a_pod_reads_all_that_it_names() {
    let text = r#"
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: app}
spec:
  serviceAccountName: reader
  imagePullSecrets: [{name: pull}]
  initContainers:
  - {name: i, envFrom: [{configMapRef: {name: first}}]}
  containers:
  - name: c
    env:
    - {name: A, valueFrom: {secretKeyRef: {name: key, key: k}}}
    - {name: B, valueFrom: {configMapKeyRef: {name: second, key: k}}}
    - {name: C, value: plain}
    envFrom: [{secretRef: {name: all}}]
  ephemeralContainers:
  - {name: e, envFrom: [{secretRef: {name: debug}}]}
  volumes:
  - {name: v1, configMap: {name: third}}
  - {name: v2, secret: {secretName: mounted}}
  - {name: v3, projected: {sources: [{secret: {name: projected}}, {configMap: {name: fourth}}]}}
  - {name: v4, csi: {driver: d, nodePublishSecretRef: {name: publish}, volumeAttributes: {secretProviderClass: vault}}}
  - {name: v5, secret: {secretName: elsewhere}}
"#;
    let secrets = [
        "pull",
        "key",
        "all",
        "debug",
        "mounted",
        "projected",
        "publish",
    ];
    let settings = ["first", "second", "third", "fourth"];
    let mut all = text.to_owned();
    for name in secrets {
        all += &format!(
            "---\napiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: app}}\n"
        );
    }
    for name in settings {
        all += &format!(
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: app}}\n"
        );
    }
    all += "---\napiVersion: v1\nkind: Secret\nmetadata: {name: elsewhere, namespace: m}\n";
    all += "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: reader, namespace: app}\n";
    all += "---\napiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nmetadata: {name: vault, namespace: app}\n";
    let read = seen(&all, " reads-from ");
    for name in secrets {
        let link = format!("v1/Pod app/p reads-from v1/Secret app/{name}");
        assert!(read.contains(&link), "{name}: {read:?}");
    }
    for name in settings {
        let link = format!("v1/Pod app/p reads-from v1/ConfigMap app/{name}");
        assert!(read.contains(&link), "{name}: {read:?}");
    }
    assert_eq!(read.len(), secrets.len() + settings.len() + 1, "{read:?}");
    assert_eq!(
        seen(&all, " attached-to "),
        ["v1/Pod app/p attached-to v1/ServiceAccount app/reader"]
    );
}

#[test]
fn a_pod_without_an_account_acts_as_the_default_one() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: app}\nspec: {containers: []}\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: app}\nimagePullSecrets: [{name: pull}]\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: pull, namespace: app}\n";
    assert_eq!(
        seen(text, "ServiceAccount app/default"),
        [
            "v1/Pod app/p attached-to v1/ServiceAccount app/default",
            "v1/ServiceAccount app/default reads-from v1/Secret app/pull",
        ]
    );
}

#[test]
fn volumes_that_live_with_the_pod_are_claims() {
    let text = r#"
apiVersion: apps/v1
kind: Deployment
metadata: {name: d, namespace: app}
spec:
  template:
    spec:
      containers: [{name: c}]
      volumes:
      - name: scratch
        ephemeral: {volumeClaimTemplate: {spec: {storageClassName: fast}}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
"#;
    assert_eq!(
        seen(text, "PersistentVolumeClaim"),
        [
            "apps/v1/Deployment app/d attached-to v1/PersistentVolumeClaim app/d-*-scratch",
            "v1/PersistentVolumeClaim app/d-*-scratch runs-on storage.k8s.io/v1/StorageClass fast",
        ]
    );
}

#[test]
fn volumes_claims_and_snapshots_name_each_other() {
    let text = r#"
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec: {claimRef: {name: data, namespace: app}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: app}
spec: {storageClassName: "", dataSource: {kind: VolumeSnapshot, apiGroup: snapshot.storage.k8s.io, name: monday}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: other}
spec: {storageClassName: ""}
---
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshot
metadata: {name: monday, namespace: app}
spec: {volumeSnapshotClassName: daily, source: {persistentVolumeClaimName: data}}
---
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata: {name: daily}
"#;
    assert_eq!(
        seen(text, "-"),
        [
            "v1/PersistentVolumeClaim app/data attached-to v1/PersistentVolume disk",
            "v1/PersistentVolumeClaim app/data reads-from snapshot.storage.k8s.io/v1/VolumeSnapshot app/monday",
            "v1/PersistentVolumeClaim app/data backs-up-to snapshot.storage.k8s.io/v1/VolumeSnapshot app/monday",
            "snapshot.storage.k8s.io/v1/VolumeSnapshot app/monday runs-on snapshot.storage.k8s.io/v1/VolumeSnapshotClass daily",
        ]
    );
}

#[test]
fn a_class_names_a_secret_in_the_words_of_the_claim() {
    let text = r#"
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
parameters:
  csi.storage.k8s.io/node-stage-secret-name: ${pvc.name}-key
  csi.storage.k8s.io/node-stage-secret-namespace: ${pvc.namespace}
  csi.storage.k8s.io/provisioner-secret-name: shared
  csi.storage.k8s.io/provisioner-secret-namespace: storage
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: app}
spec: {storageClassName: fast}
---
apiVersion: v1
kind: Secret
metadata: {name: data-key, namespace: app}
---
apiVersion: v1
kind: Secret
metadata: {name: data-key, namespace: m}
---
apiVersion: v1
kind: Secret
metadata: {name: shared, namespace: storage}
"#;
    assert_eq!(
        seen(text, " reads-from "),
        [
            "storage.k8s.io/v1/StorageClass fast reads-from v1/Secret storage/shared",
            "v1/PersistentVolumeClaim app/data reads-from v1/Secret app/data-key",
        ]
    );
}

#[test]
fn routes_lead_to_services_and_gateways_to_routes() {
    let text = r#"
apiVersion: v1
kind: Service
metadata: {name: api, namespace: app}
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: api, namespace: app}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: m}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: infra}
spec: {listeners: [{tls: {certificateRefs: [{name: cert}]}}]}
---
apiVersion: v1
kind: Secret
metadata: {name: cert, namespace: infra}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: app}
spec:
  parentRefs: [{name: edge, namespace: infra}]
  rules: [{backendRefs: [{name: api, port: 80}, {name: api, namespace: m}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: mesh, namespace: app}
spec:
  gateways: [mesh, m/inner]
  http: [{route: [{destination: {host: api}}, {destination: {host: api.m.svc.cluster.local}}]}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: inner, namespace: m}
"#;
    assert_eq!(
        seen(text, " exposes "),
        [
            "gateway.networking.k8s.io/v1/Gateway infra/edge exposes gateway.networking.k8s.io/v1/HTTPRoute app/web",
            "gateway.networking.k8s.io/v1/HTTPRoute app/web exposes v1/Service app/api",
            "gateway.networking.k8s.io/v1/HTTPRoute app/web exposes v1/Service m/api",
            "networking.istio.io/v1/VirtualService app/mesh exposes v1/Service app/api",
            "networking.istio.io/v1/VirtualService app/mesh exposes v1/Service m/api",
            "networking.istio.io/v1/Gateway m/inner exposes networking.istio.io/v1/VirtualService app/mesh",
        ]
    );
}

#[test]
fn a_network_policy_guards_what_its_selector_means() {
    let policy = |name: &str, selector: &str| {
        format!(
            "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}, namespace: app}}\nspec: {{podSelector: {selector}}}\n"
        )
    };
    let pod = |name: &str, labels: &str| {
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: app, labels: {labels}}}\n"
        )
    };
    let text = [
        pod("web", "{app: web}"),
        pod("db", "{app: db, tier: back}"),
        pod("bare", "{}"),
        policy("all", "{}"),
        policy("equal", "{matchLabels: {app: db}}"),
        policy(
            "among",
            "{matchExpressions: [{key: app, operator: In, values: [web, x]}]}",
        ),
        policy(
            "others",
            "{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}",
        ),
        policy(
            "with",
            "{matchExpressions: [{key: tier, operator: Exists}]}",
        ),
        policy(
            "without",
            "{matchLabels: {app: web}, matchExpressions: [{key: tier, operator: DoesNotExist}]}",
        ),
        policy(
            "odd",
            "{matchExpressions: [{key: app, operator: Near, values: [web]}]}",
        ),
    ]
    .concat();
    let found: Vec<String> = seen(&text, "NetworkPolicy")
        .iter()
        .map(|link| {
            let short = link.replace("networking.k8s.io/v1/NetworkPolicy app/", "");
            short.replace(" attached-to v1/Pod app/", ": ")
        })
        .collect();
    assert_eq!(
        found,
        [
            "all: web",
            "all: db",
            "all: bare",
            "equal: db",
            "among: web",
            "others: db",
            "others: bare",
            "with: db",
            "without: web",
        ]
    );
}

#[test]
fn what_a_controller_makes_is_found_by_its_name() {
    let text = r#"
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: app}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  target: {name: db-password}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: plain, namespace: app}
spec: {secretStoreRef: {name: vault}}
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: sealed, namespace: app}
---
apiVersion: v1
kind: Secret
metadata: {name: sealed, namespace: app}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: web, namespace: app}
spec: {secretName: web-tls, issuerRef: {name: le, kind: ClusterIssuer, group: cert-manager.io}}
---
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: le}
---
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: app}
spec: {containers: [{name: c, envFrom: [{secretRef: {name: db-password}}, {secretRef: {name: plain}}, {secretRef: {name: sealed}}]}], volumes: [{name: t, secret: {secretName: web-tls}}]}
"#;
    assert_eq!(
        seen(text, " reads-from "),
        [
            "external-secrets.io/v1/ExternalSecret app/db reads-from external-secrets.io/v1/ClusterSecretStore vault",
            "v1/Secret app/sealed reads-from bitnami.com/v1alpha1/SealedSecret app/sealed",
            "cert-manager.io/v1/Certificate app/web reads-from cert-manager.io/v1/ClusterIssuer le",
            "v1/Pod app/p reads-from external-secrets.io/v1/ExternalSecret app/db",
            "v1/Pod app/p reads-from external-secrets.io/v1/ExternalSecret app/plain",
            "v1/Pod app/p reads-from v1/Secret app/sealed",
            "v1/Pod app/p reads-from cert-manager.io/v1/Certificate app/web",
        ]
    );
}

#[test]
fn sources_of_deliveries_are_found() {
    let text = r#"
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: fleet, namespace: flux-system}
spec: {secretRef: {name: token}}
---
apiVersion: v1
kind: Secret
metadata: {name: token, namespace: flux-system}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec: {sourceRef: {kind: GitRepository, name: fleet}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: app}
spec:
  chart: {spec: {sourceRef: {kind: GitRepository, name: fleet, namespace: flux-system}}}
  valuesFrom: [{kind: ConfigMap, name: values}, {kind: Secret, name: values}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: values, namespace: app}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec: {project: hospital}
---
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: hospital, namespace: argocd}
"#;
    assert_eq!(
        seen(text, "-"),
        [
            "source.toolkit.fluxcd.io/v1/GitRepository flux-system/fleet reads-from v1/Secret flux-system/token",
            "kustomize.toolkit.fluxcd.io/v1/Kustomization flux-system/apps reads-from source.toolkit.fluxcd.io/v1/GitRepository flux-system/fleet",
            "helm.toolkit.fluxcd.io/v2/HelmRelease app/web reads-from source.toolkit.fluxcd.io/v1/GitRepository flux-system/fleet",
            "helm.toolkit.fluxcd.io/v2/HelmRelease app/web reads-from v1/ConfigMap app/values",
            "argoproj.io/v1alpha1/Application argocd/web part-of argoproj.io/v1alpha1/AppProject argocd/hospital",
        ]
    );
}

#[test]
fn backups_of_several_tools_reach_what_they_save() {
    let claim = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: app}\nspec: {storageClassName: long}\n";
    let velero = "---\napiVersion: velero.io/v1\nkind: Schedule\nmetadata: {name: nightly, namespace: velero}\nspec: {template: {includedNamespaces: [app], volumeSnapshotLocations: [disks]}}\n---\napiVersion: velero.io/v1\nkind: BackupStorageLocation\nmetadata: {name: default, namespace: velero}\n---\napiVersion: velero.io/v1\nkind: VolumeSnapshotLocation\nmetadata: {name: disks, namespace: velero}\n";
    assert_eq!(
        seen(&format!("{claim}{velero}"), " backs-up-to "),
        [
            "v1/PersistentVolumeClaim app/data backs-up-to velero.io/v1/Schedule velero/nightly",
            "velero.io/v1/Schedule velero/nightly backs-up-to velero.io/v1/BackupStorageLocation velero/default",
            "velero.io/v1/Schedule velero/nightly backs-up-to velero.io/v1/VolumeSnapshotLocation velero/disks",
        ]
    );
    let k8up = "---\napiVersion: k8up.io/v1\nkind: Schedule\nmetadata: {name: s, namespace: app}\nspec: {backend: {s3: {endpoint: https://s3.example}}}\n---\napiVersion: k8up.io/v1\nkind: Schedule\nmetadata: {name: s, namespace: other}\n";
    assert_eq!(
        seen(&format!("{claim}{k8up}"), " backs-up-to "),
        ["v1/PersistentVolumeClaim app/data backs-up-to k8up.io/v1/Schedule app/s"]
    );
    let longhorn = "---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: long}\nprovisioner: driver.longhorn.io\n---\napiVersion: longhorn.io/v1beta2\nkind: RecurringJob\nmetadata: {name: nightly, namespace: longhorn-system}\nspec: {task: backup, groups: [default]}\n---\napiVersion: longhorn.io/v1beta2\nkind: BackupTarget\nmetadata: {name: default, namespace: longhorn-system}\n---\napiVersion: longhorn.io/v1beta2\nkind: RecurringJob\nmetadata: {name: snap, namespace: longhorn-system}\nspec: {task: snapshot, groups: [default]}\n";
    assert_eq!(
        seen(&format!("{claim}{longhorn}"), " backs-up-to "),
        [
            "v1/PersistentVolumeClaim app/data backs-up-to longhorn.io/v1beta2/RecurringJob longhorn-system/nightly",
            "longhorn.io/v1beta2/RecurringJob longhorn-system/nightly backs-up-to longhorn.io/v1beta2/BackupTarget longhorn-system/default",
        ]
    );
    let stash = "---\napiVersion: stash.appscode.com/v1beta1\nkind: BackupConfiguration\nmetadata: {name: b, namespace: app}\nspec: {repository: {name: far, namespace: stash}, target: {ref: {apiVersion: v1, kind: PersistentVolumeClaim, name: data}}}\n---\napiVersion: stash.appscode.com/v1alpha1\nkind: Repository\nmetadata: {name: far, namespace: stash}\n";
    assert_eq!(
        seen(&format!("{claim}{stash}"), " backs-up-to "),
        [
            "v1/PersistentVolumeClaim app/data backs-up-to stash.appscode.com/v1beta1/BackupConfiguration app/b",
            "stash.appscode.com/v1beta1/BackupConfiguration app/b backs-up-to stash.appscode.com/v1alpha1/Repository stash/far",
        ]
    );
    let cnpg = "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: pg, namespace: app}\nspec: {storage: {storageClass: long}, plugins: [{name: barman, parameters: {barmanObjectName: far}}]}\n---\napiVersion: barmancloud.cnpg.io/v1\nkind: ObjectStore\nmetadata: {name: far, namespace: app}\n---\napiVersion: cluster.x-k8s.io/v1beta1\nkind: Cluster\nmetadata: {name: pg, namespace: app}\n";
    assert_eq!(
        seen(cnpg, " backs-up-to "),
        [
            "postgresql.cnpg.io/v1/Cluster app/pg backs-up-to barmancloud.cnpg.io/v1/ObjectStore app/far"
        ]
    );
}
