//! What namespaces say of what lies in them, whoever declares the one and the other.

use super::{Seen, manifests};
use crate::catalog::Class;
use crate::config::words::Level;
use crate::facts::Fact;
use crate::graph::RelationKind::{PartOf, RunsOn};

/// The level, and whether it is assumed.
fn level(seen: &Seen, address: &str) -> (Level, bool) {
    let sensitivity = &seen.facts_of(address).sensitivity;
    (sensitivity.level, sensitivity.assumed)
}

/// A namespace says what its objects work on, also of those that nobody knows. What configures others holds nothing.
#[test]
fn unknown_kinds_in_a_labelled_namespace_hold_its_data() {
    let seen = manifests(
        r"
apiVersion: v1
kind: Namespace
metadata: {name: dmp, labels: {gardefou.eu/sensitivity: health}}
---
apiVersion: databases.acme.io/v1
kind: PatientStore
metadata: {name: store, namespace: dmp}
spec: {region: us-east-1}
---
apiVersion: databases.acme.io/v1
kind: PatientStore
metadata: {name: unlabelled, namespace: other}
---
apiVersion: objectstorage.scaleway.upbound.io/v1alpha1
kind: NobodyKnows
metadata: {name: cloud, namespace: dmp}
spec: {forProvider: {region: pl-waw}}
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: api, namespace: dmp}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: api, namespace: dmp, labels: {gardefou.eu/sensitivity: health}}
",
    );
    let holds = |address: &str| {
        let facts = seen.facts_of(address);
        let holds = facts.classes.contains(Class::HoldsData);
        let asked = !matches!(facts.location, Fact::Absent);
        assert_eq!(holds, asked, "{address}");
        holds
    };
    assert!(holds("databases.acme.io/v1/PatientStore dmp/store"));
    assert!(!holds("databases.acme.io/v1/PatientStore other/unlabelled"));
    assert!(holds(
        "objectstorage.scaleway.upbound.io/v1alpha1/NobodyKnows dmp/cloud"
    ));
    // The family of a group tells where the resources of its cloud are.
    let cloud = seen.facts_of("objectstorage.scaleway.upbound.io/v1alpha1/NobodyKnows dmp/cloud");
    let place = cloud.location.known().map(|place| &*place.region);
    assert_eq!(place, Some("pl-waw"));
    assert!(!holds("monitoring.coreos.com/v1/PodMonitor dmp/api"));
    assert!(!holds("rbac.authorization.k8s.io/v1/RoleBinding dmp/api"));
}

#[test]
fn controllers_and_namespaces_above_label_namespaces() {
    let seen = manifests(
        r"
apiVersion: capsule.clastix.io/v1beta2
kind: Tenant
metadata: {name: t1}
spec: {namespaceOptions: {additionalMetadata: {labels: {gardefou.eu/sensitivity: particular}}}}
---
apiVersion: v1
kind: Namespace
metadata: {name: t1-a, labels: {capsule.clastix.io/tenant: t1}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: capsule, namespace: t1-a}
---
apiVersion: v1
kind: Namespace
metadata: {name: dmp, labels: {gardefou.eu/sensitivity: health}}
---
apiVersion: hnc.x-k8s.io/v1alpha2
kind: SubnamespaceAnchor
metadata: {name: svc, namespace: dmp}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: anchored, namespace: svc}
---
apiVersion: hnc.x-k8s.io/v1alpha2
kind: HierarchyConfiguration
metadata: {name: hierarchy, namespace: child}
spec: {parent: svc}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: below, namespace: child}
---
apiVersion: hnc.x-k8s.io/v1alpha2
kind: SubnamespaceAnchor
metadata: {name: said, namespace: dmp}
spec: {labels: [{key: gardefou.eu/sensitivity, value: internal}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: lower, namespace: said}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: elsewhere, namespace: alone}
",
    );
    let of = |name: &str| level(&seen, &format!("v1/PersistentVolumeClaim {name}"));
    assert_eq!(of("t1-a/capsule"), (Level::Particular, false));
    assert_eq!(of("svc/anchored"), (Level::Health, false));
    assert_eq!(of("child/below"), (Level::Health, false));
    assert_eq!(of("said/lower"), (Level::Internal, false));
    assert_eq!(of("alone/elsewhere"), (Level::Personal, true));
}

/// Namespaces and classes are often Terraform's, and what lies in them is not.
#[test]
fn manifests_lie_in_namespaces_of_terraform_and_the_reverse() {
    const PROVIDER: &str = r#"
resource "aws_eks_cluster" "prod" { name = "prod" }
provider "kubernetes" { host = aws_eks_cluster.prod.endpoint }
"#;
    let seen = super::seen(
        Some(&format!(
            r#"{PROVIDER}
resource "kubernetes_namespace_v1" "blue" {{
  metadata {{
    name   = "blue"
    labels = {{ "gardefou.eu/sensitivity" = "particular" }}
  }}
}}
resource "kubernetes_storage_class_v1" "gp3" {{
  metadata {{ name = "gp3" }}
  storage_provisioner = "ebs.csi.aws.com"
  parameters          = {{ encrypted = "false" }}
}}
resource "kubernetes_persistent_volume_claim_v1" "two" {{
  metadata {{
    name      = "two"
    namespace = "green"
  }}
  spec {{
    storage_class_name = "plain"
  }}
}}
resource "kubernetes_manifest" "pg" {{
  manifest = {{
    apiVersion = "postgresql.cnpg.io/v1"
    kind       = "Cluster"
    metadata   = {{ name = "pg", namespace = "blue" }}
    spec       = {{ storage = {{ size = "1Gi", storageClass = "gp3" }} }}
  }}
}}
"#
        )),
        Some(
            r"
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: one, namespace: blue}
spec: {storageClassName: gp3}
---
apiVersion: v1
kind: Namespace
metadata: {name: green, labels: {gardefou.eu/sensitivity: health}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: plain}
provisioner: ebs.csi.aws.com
",
        ),
    );
    let one = "v1/PersistentVolumeClaim blue/one";
    let two = "kubernetes_persistent_volume_claim_v1.two";
    let class = "kubernetes_storage_class_v1.gp3";
    assert_eq!(seen.related(one, RunsOn), [class]);
    assert_eq!(seen.facts_of(one).sensitivity.level, Level::Particular);
    let pg = seen.related("kubernetes_manifest.pg", RunsOn);
    assert!(pg.contains(&class), "{pg:?}");
    let plain = seen.related(two, RunsOn);
    assert!(
        plain.contains(&"storage.k8s.io/v1/StorageClass plain"),
        "{plain:?}"
    );
    assert_eq!(seen.facts_of(two).sensitivity.level, Level::Health);
}

/// With two clusters nothing says which of them the manifests are for; a class of theirs comes before one of Terraform.
#[test]
fn manifests_do_not_lie_in_namespaces_of_several_clusters_and_have_classes_of_their_own() {
    let cluster = |name: &str| {
        format!(
            r#"
resource "aws_eks_cluster" "{name}" {{ name = "{name}" }}
provider "kubernetes" {{
  alias = "{name}"
  host  = aws_eks_cluster.{name}.endpoint
}}
resource "kubernetes_namespace_v1" "{name}" {{
  provider = kubernetes.{name}
  metadata {{
    name   = "blue"
    labels = {{ "gardefou.eu/sensitivity" = "particular" }}
  }}
}}
resource "kubernetes_storage_class_v1" "{name}" {{
  provider = kubernetes.{name}
  metadata {{ name = "gp3" }}
  storage_provisioner = "ebs.csi.aws.com"
}}
"#
        )
    };
    const CLAIM: &str = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: one, namespace: blue}\nspec: {storageClassName: gp3}\n";
    let both = format!("{}{}", cluster("a"), cluster("b"));
    let seen = super::seen(Some(&both), Some(CLAIM));
    let one = "v1/PersistentVolumeClaim blue/one";
    assert!(seen.related(one, PartOf).is_empty());
    assert!(seen.related(one, RunsOn).is_empty());
    let own = format!(
        "{CLAIM}---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {{name: gp3}}\nprovisioner: ebs.csi.aws.com\n"
    );
    let seen = super::seen(Some(&cluster("a")), Some(&own));
    assert_eq!(
        seen.related(one, RunsOn),
        ["storage.k8s.io/v1/StorageClass gp3"]
    );
    assert_eq!(seen.related(one, PartOf), ["kubernetes_namespace_v1.a"]);
}
