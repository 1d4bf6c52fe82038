//! What resources are to each other, in Terraform, in Kubernetes, and between both.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::gardefou_in;

/// What `inspect --format json` prints of files written into a folder of their own.
pub(super) fn inspect(files: &[(&str, &str)]) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let run = gardefou_in(folder.path(), &["inspect", "--format", "json", "."], &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).expect("JSON")
}

/// Every resource and object, by address.
fn facts<'v>(seen: &'v Value, address: &str) -> &'v Value {
    fn find<'v>(value: &'v Value, address: &str) -> Option<&'v Value> {
        match value {
            Value::Object(entries) => {
                if entries.get("address").and_then(Value::as_str) == Some(address)
                    && let Some(facts) = entries.get("facts")
                {
                    return Some(facts);
                }
                entries.values().find_map(|value| find(value, address))
            }
            Value::Array(all) => all.iter().find_map(|value| find(value, address)),
            _ => None,
        }
    }
    find(seen, address).unwrap_or_else(|| panic!("no {address}"))
}

/// `(from, relation, to)` of every relation between two resources.
fn relations(seen: &Value) -> Vec<(&str, &str, &str)> {
    let all = seen["relations"].as_array().expect("relations");
    all.iter()
        .map(|one| {
            (
                one["from"]["address"].as_str().unwrap_or_default(),
                one["relation"].as_str().unwrap_or_default(),
                one["to"]["address"].as_str().unwrap_or_default(),
            )
        })
        .collect()
}

fn related(seen: &Value, from: &str, relation: &str, to: &str) -> bool {
    relations(seen).contains(&(from, relation, to))
}

/// Region and offering (or else the company) of a resource; what is not known is its reason.
pub(super) fn stands<'v>(seen: &'v Value, address: &str) -> (&'v str, &'v str) {
    let facts = facts(seen, address);
    let reason = |fact: &'v Value| fact["$unknown"].as_str().unwrap_or("absent");
    let location = &facts["location"];
    let hosting = &facts["hosting"];
    (
        location["region"]
            .as_str()
            .unwrap_or_else(|| reason(location)),
        hosting["offering"]
            .as_str()
            .or_else(|| hosting["provider"].as_str())
            .unwrap_or_else(|| reason(hosting)),
    )
}

const EKS: &str = r#"
provider "aws" { region = "eu-west-3" }
resource "aws_eks_cluster" "main" { name = "prod" }
data "aws_eks_cluster_auth" "main" { name = aws_eks_cluster.main.name }
provider "kubernetes" {
  host                   = aws_eks_cluster.main.endpoint
  cluster_ca_certificate = base64decode(aws_eks_cluster.main.certificate_authority[0].data)
  token                  = data.aws_eks_cluster_auth.main.token
}
provider "helm" {
  kubernetes {
    host = "https://proxy.example.net"
    exec {
      api_version = "client.authentication.k8s.io/v1beta1"
      command     = "aws"
      args        = ["eks", "get-token", "--cluster-name", "prod"]
    }
  }
}
resource "kubernetes_namespace_v1" "chu" {
  metadata {
    name   = "chu"
    labels = { "data-classification" = "health" }
  }
}
resource "kubernetes_storage_class_v1" "fast" {
  metadata { name = "fast" }
  storage_provisioner = "ebs.csi.aws.com"
  parameters = {
    encrypted = "true"
    kmsKeyId  = "arn:aws:kms:eu-west-3:111122223333:key/0b1a2c3d-0000-4000-8000-000000000000"
  }
}
resource "kubernetes_persistent_volume_claim_v1" "data" {
  metadata {
    name      = "data"
    namespace = kubernetes_namespace_v1.chu.metadata[0].name
  }
  spec {
    access_modes       = ["ReadWriteOnce"]
    storage_class_name = "fast"
  }
}
resource "kubernetes_deployment_v1" "api" {
  metadata {
    name      = "api"
    namespace = "chu"
  }
  spec {
    template {
      metadata { labels = { app = "api" } }
      spec {
        container {
          name  = "api"
          image = "api"
        }
        volume {
          name = "data"
          persistent_volume_claim { claim_name = "data" }
        }
      }
    }
  }
}
resource "helm_release" "vault" {
  name      = "vault"
  chart     = "vault"
  namespace = "chu"
}
"#;

#[test]
fn objects_of_terraform_run_where_the_cluster_of_their_provider_block_is() {
    let seen = inspect(&[("main.tf", EKS)]);
    let claim = "kubernetes_persistent_volume_claim_v1.data";
    let api = "kubernetes_deployment_v1.api";
    let release = "helm_release.vault";
    for object in [claim, api, release] {
        assert_eq!(
            stands(&seen, object),
            ("eu-west-3", "aws/public"),
            "{object}"
        );
        assert!(related(&seen, object, "runs-on", "aws_eks_cluster.main"));
        assert!(related(
            &seen,
            object,
            "part-of",
            "kubernetes_namespace_v1.chu"
        ));
        assert_eq!(facts(&seen, object)["sensitivity"]["level"], "health");
    }
    assert!(related(&seen, api, "attached-to", claim));
    assert!(related(
        &seen,
        claim,
        "runs-on",
        "kubernetes_storage_class_v1.fast"
    ));
    let encryption = &facts(&seen, claim)["encryption"][0];
    assert_eq!(encryption["holder"], "customer", "{encryption}");
    let labels = facts(&seen, claim)["location"]["evidence"].to_string();
    assert!(labels.contains("reaches aws_eks_cluster.main"), "{labels}");
}

#[test]
fn clusters_of_other_clouds_place_their_objects_too() {
    let seen = inspect(&[(
        "main.tf",
        r#"
provider "azurerm" {
  features {}
}
resource "azurerm_kubernetes_cluster" "k" {
  name                = "k"
  location            = "France Central"
  resource_group_name = "rg"
}
provider "kubernetes" {
  alias              = "aks"
  host               = azurerm_kubernetes_cluster.k.kube_config[0].host
  client_certificate = base64decode(azurerm_kubernetes_cluster.k.kube_config.0.client_certificate)
}
resource "kubernetes_stateful_set" "aks" { provider = kubernetes.aks }

provider "google" {
  project = "p"
  region  = "europe-west9"
}
data "google_client_config" "c" {}
resource "google_container_cluster" "g" {
  name     = "g"
  location = "europe-west9"
}
provider "kubernetes" {
  alias = "gke"
  host  = "https://${google_container_cluster.g.endpoint}"
  token = data.google_client_config.c.access_token
}
resource "kubernetes_stateful_set" "gke" { provider = kubernetes.gke }

provider "scaleway" { region = "fr-par" }
resource "scaleway_k8s_cluster" "joy" { name = "joy" }
resource "null_resource" "kubeconfig" {
  triggers = { host = scaleway_k8s_cluster.joy.kubeconfig[0].host }
}
provider "kubernetes" {
  alias = "kapsule"
  host  = null_resource.kubeconfig.triggers.host
}
resource "kubernetes_stateful_set" "kapsule" { provider = kubernetes.kapsule }

provider "ovh" { endpoint = "ovh-eu" }
resource "ovh_cloud_project_kube" "o" { region = "GRA11" }
provider "kubernetes" {
  alias = "ovh"
  host  = ovh_cloud_project_kube.o.kubeconfig_attributes[0].host
}
resource "kubernetes_stateful_set" "ovh" { provider = kubernetes.ovh }

provider "kubernetes" {
  alias = "literal"
  host  = "https://0123abcd.gr7.eu-west-1.eks.amazonaws.com"
}
resource "kubernetes_stateful_set" "literal" { provider = kubernetes.literal }
"#,
    )]);
    for (object, region, offering) in [
        ("aks", "francecentral", "azure/public"),
        ("gke", "europe-west9", "google"),
        ("kapsule", "fr-par", "scaleway/public"),
        ("ovh", "GRA", "ovhcloud/public-cloud"),
        ("literal", "eu-west-1", "aws/public"),
    ] {
        let address = format!("kubernetes_stateful_set.{object}");
        let (place, host) = stands(&seen, &address);
        assert_eq!(place, region, "{object}");
        assert!(host.starts_with(offering), "{object}: {host}");
    }
}

#[test]
fn a_provider_block_that_reaches_two_clusters_or_none_places_nothing() {
    let seen = inspect(&[(
        "main.tf",
        r#"
provider "scaleway" { region = "fr-par" }
resource "scaleway_k8s_cluster" "a" { name = "a" }
resource "scaleway_k8s_cluster" "b" { name = "b" }
provider "kubernetes" {
  alias = "torn"
  host  = scaleway_k8s_cluster.a.kubeconfig[0].host
  token = scaleway_k8s_cluster.b.kubeconfig[0].token
}
provider "kubernetes" {
  alias       = "file"
  config_path = "~/.kube/config"
}
resource "kubernetes_stateful_set" "torn" { provider = kubernetes.torn }
resource "kubernetes_stateful_set" "file" { provider = kubernetes.file }
"#,
    )]);
    let (place, host) = stands(&seen, "kubernetes_stateful_set.torn");
    for reason in [place, host] {
        assert!(reason.contains("scaleway_k8s_cluster.a"), "{reason}");
        assert!(reason.contains("scaleway_k8s_cluster.b"), "{reason}");
    }
    let (place, host) = stands(&seen, "kubernetes_stateful_set.file");
    assert!(place.contains("[[target]]"), "{place}");
    assert!(host.contains("config_path"), "{host}");
    assert!(relations(&seen).is_empty());
}

#[test]
fn a_target_decides_against_signs_that_agree_and_the_contradiction_is_said() {
    let warnings = |annotation: &str| {
        let objects = format!(
            "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {{name: fast}}\nprovisioner: ebs.csi.aws.com\n---\napiVersion: v1\nkind: Service\nmetadata: {{name: entry, annotations: {{{annotation}: a}}}}\nspec: {{type: LoadBalancer}}\n"
        );
        let seen = inspect(&[
            (
                "gardefou.toml",
                "[[target]]\npaths = [\"**\"]\noffering = \"outscale/iaas-cloud-on-demand\"\nregion = \"cloudgouv-eu-west-1\"\n",
            ),
            ("all.yaml", &objects),
        ]);
        assert_eq!(
            stands(&seen, "v1/Service entry"),
            ("cloudgouv-eu-west-1", "outscale/iaas-cloud-on-demand")
        );
        let problems = seen["problems"].as_array().expect("problems");
        let messages = problems.iter().filter_map(|one| one["message"].as_str());
        messages
            .filter(|message| message.contains("[[target]]"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        warnings("service.beta.kubernetes.io/aws-load-balancer-type"),
        [
            "the [[target]] says outscale/iaas-cloud-on-demand, and its manifests show aws: the target is believed"
        ]
    );
    // Outscale's driver was once called like Amazon's: its own annotation makes it Outscale's.
    assert!(warnings("service.beta.kubernetes.io/osc-load-balancer-type").is_empty());
}

#[test]
fn a_target_places_objects_of_terraform_whose_cluster_is_not_seen() {
    let seen = inspect(&[
        (
            "gardefou.toml",
            "[[target]]\npaths = [\"**\"]\noffering = \"outscale/iaas-cloud-on-demand\"\nregion = \"cloudgouv-eu-west-1\"\n",
        ),
        (
            "main.tf",
            "provider \"kubernetes\" { config_path = \"~/.kube/config\" }\nresource \"kubernetes_stateful_set\" \"s\" {}\n",
        ),
        (
            "api.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {}\n",
        ),
    ]);
    for object in ["kubernetes_stateful_set.s", "apps/v1/Deployment api"] {
        assert_eq!(
            stands(&seen, object),
            ("cloudgouv-eu-west-1", "outscale/iaas-cloud-on-demand"),
            "{object}"
        );
    }
}

#[test]
fn each_root_has_its_own_clusters() {
    let root = |region: &str| {
        format!(
            r#"
provider "aws" {{ region = "{region}" }}
resource "aws_eks_cluster" "main" {{ name = "prod" }}
provider "kubernetes" {{
  host = aws_eks_cluster.main.endpoint
}}
resource "kubernetes_stateful_set" "s" {{}}
"#
        )
    };
    let seen = inspect(&[
        ("paris/main.tf", &root("eu-west-3")),
        ("virginia/main.tf", &root("us-east-1")),
    ]);
    let regions: Vec<&str> = seen["roots"]
        .as_array()
        .expect("roots")
        .iter()
        .map(|root| stands(root, "kubernetes_stateful_set.s").0)
        .collect();
    assert_eq!(regions, ["eu-west-3", "us-east-1"]);
}

const API: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {template: {spec: {containers: [{name: a, image: api}]}}}\n";

fn class(driver: &str) -> String {
    format!(
        "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {{name: c}}\nprovisioner: {driver}\n"
    )
}

fn node(label: &str, region: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Node\nmetadata:\n  name: n-{region}\n  labels:\n    {label}: x\n    topology.kubernetes.io/region: {region}\n"
    )
}

#[test]
fn one_exclusive_sign_tells_the_cloud_of_manifests_and_agreeing_nodes_the_region() {
    let seen = inspect(&[
        ("api.yaml", API),
        ("class.yaml", &class("csi.scaleway.com")),
    ]);
    let (place, host) = stands(&seen, "apps/v1/Deployment api");
    assert_eq!(host, "scaleway/public");
    assert!(place.contains("nothing says in which region"), "{place}");

    let one = node("k8s.scaleway.com/pool", "fr-par");
    let seen = inspect(&[("api.yaml", API), ("nodes.yaml", &one)]);
    assert_eq!(
        stands(&seen, "apps/v1/Deployment api"),
        ("fr-par", "scaleway/public")
    );

    let two = format!("{one}---\n{}", node("k8s.scaleway.com/pool", "pl-waw"));
    let seen = inspect(&[("api.yaml", API), ("nodes.yaml", &two)]);
    let (place, host) = stands(&seen, "apps/v1/Deployment api");
    assert_eq!(host, "scaleway/public");
    assert!(place.contains("nothing says in which region"), "{place}");
}

#[test]
fn the_address_of_a_cluster_tells_its_cloud_and_its_region() {
    let config = "apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: 'https://0b1a2c3d.api.k8s.fr-par.scw.cloud:6443'}}]\n";
    let seen = inspect(&[("api.yaml", API), ("kubeconfig.yaml", config)]);
    assert_eq!(
        stands(&seen, "apps/v1/Deployment api"),
        ("fr-par", "scaleway/public")
    );
    let seen = inspect(&[(
        "main.tf",
        "provider \"kubernetes\" {\n  config_path    = \"~/.kube/config\"\n  config_context = \"arn:aws:eks:eu-west-3:111122223333:cluster/prod\"\n}\nresource \"kubernetes_stateful_set\" \"s\" {}\n",
    )]);
    assert_eq!(
        stands(&seen, "kubernetes_stateful_set.s"),
        ("eu-west-3", "aws/public")
    );
}

#[test]
fn a_shared_driver_alone_tells_nothing() {
    for driver in [
        "cinder.csi.openstack.org",
        "csi.vsphere.vmware.com",
        "pd.csi.storage.gke.io",
        "disk.csi.azure.com",
        "ebs.csi.aws.com",
        "everest-csi-provisioner",
    ] {
        let seen = inspect(&[("api.yaml", API), ("class.yaml", &class(driver))]);
        let (_, host) = stands(&seen, "apps/v1/Deployment api");
        assert!(host.contains("[[target]]"), "{driver}: {host}");
    }
}

#[test]
fn two_signs_that_agree_tell_what_one_does_not() {
    let service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: s\n  annotations: {service.beta.kubernetes.io/osc-load-balancer-name: lb}\nspec: {type: LoadBalancer}\n";
    let nodes = "apiVersion: v1\nkind: Node\nmetadata: {name: n, labels: {topology.kubernetes.io/region: cloudgouv-eu-west-1}}\n";
    let seen = inspect(&[
        ("api.yaml", API),
        ("class.yaml", &class("ebs.csi.aws.com")),
        ("service.yaml", service),
        ("nodes.yaml", nodes),
    ]);
    assert_eq!(
        stands(&seen, "apps/v1/Deployment api"),
        ("cloudgouv-eu-west-1", "outscale/iaas-cloud-on-demand")
    );
    let s3ns = API.replace("image: api", "image: eu.s3nsregistry.fr/p/api");
    let seen = inspect(&[
        ("api.yaml", &s3ns),
        ("class.yaml", &class("pd.csi.storage.gke.io")),
    ]);
    let (_, host) = stands(&seen, "apps/v1/Deployment api");
    assert!(host.contains("S3NS"), "{host}");
}

#[test]
fn signs_of_two_clouds_leave_it_open_and_are_both_named() {
    let other = class("csi.hetzner.cloud").replace("{name: c}", "{name: d}");
    let seen = inspect(&[
        ("api.yaml", API),
        ("a.yaml", &class("csi.scaleway.com")),
        ("b.yaml", &other),
    ]);
    let (_, host) = stands(&seen, "apps/v1/Deployment api");
    assert!(host.contains("csi.scaleway.com"), "{host}");
    assert!(host.contains("csi.hetzner.cloud"), "{host}");
    // Folder by folder there is no contradiction.
    let seen = inspect(&[
        ("paris/api.yaml", API),
        ("paris/class.yaml", &class("csi.scaleway.com")),
        ("falkenstein/class.yaml", &other),
    ]);
    let (_, host) = stands(&seen, "apps/v1/Deployment api");
    assert_eq!(host, "scaleway/public");
}

#[test]
fn every_kind_of_relation_is_found_and_printed() {
    let seen = inspect(&[
        (
            "main.tf",
            r#"
provider "aws" { region = "eu-west-3" }
module "keys" { source = "./keys" }
resource "aws_s3_bucket" "records" { bucket = "records" }
resource "aws_s3_bucket" "copy" { bucket = "records-copy" }
resource "aws_s3_bucket" "logs" { bucket = "records-logs" }
resource "aws_s3_bucket_server_side_encryption_configuration" "records" {
  bucket = "records"
  rule {
    apply_server_side_encryption_by_default { kms_master_key_id = module.keys.arn }
  }
}
resource "aws_s3_bucket_replication_configuration" "records" {
  bucket = aws_s3_bucket.records.id
  rule {
    destination { bucket = "arn:aws:s3:::records-copy" }
  }
}
resource "aws_s3_bucket_logging" "records" {
  bucket        = aws_s3_bucket.records.id
  target_bucket = "records-logs"
}
resource "aws_ebs_volume" "v" { availability_zone = "eu-west-3a" }
resource "aws_ebs_snapshot" "s" { volume_id = aws_ebs_volume.v.id }
resource "aws_ecs_cluster" "c" { name = "c" }
resource "aws_ecs_service" "api" {
  cluster = aws_ecs_cluster.c.arn
  load_balancer { target_group_arn = aws_lb_target_group.api.arn }
}
resource "aws_lb" "front" {}
resource "aws_lb_target_group" "api" {}
resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.front.arn
  default_action { target_group_arn = aws_lb_target_group.api.arn }
}
resource "aws_kinesis_stream" "s" { name = "events" }
resource "aws_lambda_function" "f" { function_name = "f" }
resource "aws_lambda_event_source_mapping" "m" {
  event_source_arn = aws_kinesis_stream.s.arn
  function_name    = aws_lambda_function.f.arn
}
"#,
        ),
        (
            "keys/main.tf",
            "resource \"aws_kms_key\" \"k\" {}\noutput \"arn\" { value = aws_kms_key.k.arn }\n",
        ),
    ]);
    for (from, relation, to) in [
        (
            "aws_s3_bucket.records",
            "encrypts-with",
            "module.keys.aws_kms_key.k",
        ),
        (
            "aws_s3_bucket.records",
            "replicates-to",
            "aws_s3_bucket.copy",
        ),
        ("aws_s3_bucket.records", "logs-to", "aws_s3_bucket.logs"),
        (
            "aws_s3_bucket_logging.records",
            "part-of",
            "aws_s3_bucket.records",
        ),
        (
            "aws_s3_bucket_server_side_encryption_configuration.records",
            "attached-to",
            "aws_s3_bucket.records",
        ),
        ("aws_ebs_volume.v", "backs-up-to", "aws_ebs_snapshot.s"),
        ("aws_ecs_service.api", "runs-on", "aws_ecs_cluster.c"),
        ("aws_lb.front", "exposes", "aws_lb_target_group.api"),
        ("aws_lb_target_group.api", "exposes", "aws_ecs_service.api"),
        (
            "aws_lambda_function.f",
            "reads-from",
            "aws_kinesis_stream.s",
        ),
    ] {
        assert!(
            related(&seen, from, relation, to),
            "{from} {relation} {to}: {:#?}",
            relations(&seen)
        );
        // From the other end it is the same relation: it stands once.
        let back = relations(&seen)
            .iter()
            .filter(|one| one.2 == to && one.1 == relation && one.0 == from)
            .count();
        assert_eq!(back, 1, "{from} {relation} {to}");
    }
}

#[test]
fn objects_relate_to_the_stores_and_secrets_that_they_name() {
    let seen = inspect(&[
        (
            "secrets.yaml",
            r"
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: vault}
spec: {provider: {azurekv: {vaultUrl: 'https://kv-records.vault.azure.net'}}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: prod}
spec: {secretStoreRef: {name: vault, kind: ClusterSecretStore}}
---
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: prod}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: prod}
spec: {template: {spec: {containers: [{name: a, image: a, envFrom: [{secretRef: {name: db}}]}]}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: prod}
---
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshot
metadata: {name: s, namespace: prod}
spec: {source: {persistentVolumeClaimName: data}}
---
apiVersion: v1
kind: Service
metadata: {name: files, namespace: prod}
spec: {type: ExternalName, externalName: records.s3.eu-west-3.amazonaws.com}
",
        ),
        (
            "main.tf",
            "resource \"azurerm_key_vault\" \"kv\" { name = \"kv-records\" }\nresource \"aws_s3_bucket\" \"records\" { bucket = \"records\" }\n",
        ),
    ]);
    let store = "external-secrets.io/v1/ClusterSecretStore vault";
    for (from, relation, to) in [
        (
            "external-secrets.io/v1/ExternalSecret prod/db",
            "reads-from",
            store,
        ),
        (store, "reads-from", "azurerm_key_vault.kv"),
        (
            "apps/v1/Deployment prod/api",
            "reads-from",
            "v1/Secret prod/db",
        ),
        (
            "v1/PersistentVolumeClaim prod/data",
            "backs-up-to",
            "snapshot.storage.k8s.io/v1/VolumeSnapshot prod/s",
        ),
        ("v1/Service prod/files", "exposes", "aws_s3_bucket.records"),
    ] {
        assert!(
            related(&seen, from, relation, to),
            "{from} {relation} {to}: {:#?}",
            relations(&seen)
        );
    }
}

#[test]
fn storage_and_affinity_place_what_they_bind() {
    let seen = inspect(&[
        (
            "gardefou.toml",
            "[[target]]\npaths = [\"**\"]\noffering = \"scaleway/public\"\nregion = \"fr-par\"\n",
        ),
        (
            "all.yaml",
            r"
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: waw}
provisioner: csi.scaleway.com
allowedTopologies: [{matchLabelExpressions: [{key: topology.csi.scaleway.com/zone, values: [pl-waw-1]}]}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {storageClassName: waw}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec: {csi: {driver: csi.scaleway.com, volumeHandle: nl-ams-1/0b1a2c3d-0000-4000-8000-000000000000}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: excluded}
spec: {template: {spec: {affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: topology.kubernetes.io/zone, operator: NotIn, values: [pl-waw-1]}]}]}}}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: either}
spec: {template: {spec: {affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: topology.kubernetes.io/region, operator: In, values: [pl-waw]}]}, {matchExpressions: [{key: topology.kubernetes.io/zone, operator: In, values: [nl-ams-2]}]}]}}}}}}
",
        ),
    ]);
    for (object, region) in [
        ("v1/PersistentVolumeClaim data", "pl-waw-1"),
        ("v1/PersistentVolume disk", "nl-ams-1"),
        ("apps/v1/Deployment excluded", "fr-par"),
        ("apps/v1/Deployment either", "pl-waw"),
    ] {
        assert_eq!(stands(&seen, object).0, region, "{object}");
    }
}
