//! Kubernetes objects that Terraform declares: whole objects as values and as YAML text, beside manifests and charts.

use std::fs;

use crate::support::scan_json;

const ESTATE: &str = r#"
provider "aws" {
  region = "eu-west-3"
}
resource "aws_eks_cluster" "main" {
  name = "records"
}
provider "kubernetes" {
  host = aws_eks_cluster.main.endpoint
}
provider "kubectl" {
  host = aws_eks_cluster.main.endpoint
}
provider "helm" {
  kubernetes = { host = aws_eks_cluster.main.endpoint }
}
resource "kubernetes_namespace_v1" "chu" {
  metadata {
    name   = "chu"
    labels = { "gardefou.eu/sensitivity" = "health" }
  }
}
resource "kubernetes_manifest" "class" {
  manifest = {
    apiVersion  = "storage.k8s.io/v1"
    kind        = "StorageClass"
    metadata    = { name = "plain" }
    provisioner = "ebs.csi.aws.com"
    parameters  = { encrypted = "false" }
  }
}
resource "kubectl_manifest" "database" {
  yaml_body = <<-YAML
    apiVersion: postgresql.cnpg.io/v1
    kind: Cluster
    metadata:
      name: records
      namespace: chu
    spec:
      storage:
        storageClass: plain
      backup:
        barmanObjectStore:
          destinationPath: s3://records
          endpointURL: https://s3.us-east-1.amazonaws.com
  YAML
}
resource "kubectl_manifest" "images" {
  yaml_body = yamlencode({
    apiVersion = "apps/v1"
    kind       = "StatefulSet"
    metadata   = { name = "images", namespace = "chu" }
    spec = {
      template = { spec = { nodeSelector = { "topology.kubernetes.io/region" = "us-east-2" } } }
      volumeClaimTemplates = [{ metadata = { name = "data" }, spec = { storageClassName = "plain" } }]
    }
  })
}
resource "kubectl_manifest" "unread" {
  override_namespace = "chu"
  yaml_body          = "kind: [never closed"
}
resource "kubectl_manifest" "custom" {
  yaml_body = "apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: x}"
}
resource "helm_release" "portal" {
  name       = "portal"
  repository = "https://charts.example.org"
  chart      = "portal"
  namespace  = "chu"
}
"#;

/// Outcome, rule and address of what is found, with the text that each points at.
fn found(estate: &str) -> (Vec<String>, serde_json::Value) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("main.tf"), estate).expect("a file");
    let path = folder.path().to_str().expect("a path");
    let (_, document) = scan_json(path, &[]);
    let lines: Vec<&str> = estate.lines().collect();
    let findings = document["findings"].as_array().expect("a list");
    let found = findings
        .iter()
        .map(|finding| {
            let text = |key: &str| finding[key].as_str().expect("a text").to_owned();
            let place = |end: &str, what: &str| {
                let at = finding["location"][end][what].as_u64();
                usize::try_from(at.expect("a number")).expect("small") - 1
            };
            let line = lines[place("start", "line")];
            let from = place("start", "column");
            let to = match place("end", "line") == place("start", "line") {
                true => place("end", "column"),
                false => line.len(),
            };
            let marked = &line[from..to];
            let (outcome, rule, address) = (text("outcome"), text("rule"), text("address"));
            format!("{outcome} {rule} {address} `{marked}`")
        })
        .collect();
    (found, document)
}

#[test]
fn whole_objects_inside_terraform_are_judged_as_what_they_are() {
    let (found, document) = found(ESTATE);
    for expected in [
        "violation encryption/not-encrypted kubectl_manifest.database `plain`",
        "violation residency/copy-outside-area kubectl_manifest.database `https://s3.us-east-1.amazonaws.com`",
        "violation encryption/not-encrypted kubectl_manifest.images `yamlencode({`",
        "violation residency/outside-area kubectl_manifest.images `yamlencode({`",
        // What could not be read, and what a chart declares, is not passed.
        "undetermined encryption/not-encrypted kubectl_manifest.unread `resource \"kubectl_manifest\" \"unread\"`",
        "undetermined encryption/not-encrypted helm_release.portal `resource \"helm_release\" \"portal\"`",
    ] {
        assert!(
            found.iter().any(|one| one == expected),
            "{expected}\n{found:#?}"
        );
    }
    // A class keeps nothing itself.
    assert!(
        !found
            .iter()
            .any(|one| one.contains("kubernetes_manifest.class")),
        "{found:#?}"
    );
    // A kind that nobody knows is counted under its own name.
    let unknown = &document["coverage"]["resources"]["unknown_kinds"];
    assert_eq!(unknown[0]["kind"], "example.org/Thing", "{unknown:#}");
}

#[test]
fn an_encrypted_class_beside_passes() {
    let good = ESTATE.replace("encrypted = \"false\"", "encrypted = \"true\"");
    let (found, _) = found(&good);
    let clear = "violation encryption/not-encrypted kubectl_manifest";
    assert!(
        !found.iter().any(|one| one.starts_with(clear)),
        "{found:#?}"
    );
}

#[test]
fn the_volumes_of_a_stateful_set_are_judged_by_their_class() {
    let estate = r#"
resource "kubernetes_namespace_v1" "chu" {
  metadata {
    name   = "chu"
    labels = { "gardefou.eu/sensitivity" = "health" }
  }
}
resource "kubernetes_storage_class_v1" "plain" {
  metadata { name = "plain" }
  storage_provisioner = "bsu.csi.outscale.com"
}
resource "kubernetes_stateful_set_v1" "database" {
  metadata {
    name      = "database"
    namespace = "chu"
  }
  spec {
    volume_claim_template {
      metadata { name = "data" }
      spec {
        storage_class_name = kubernetes_storage_class_v1.plain.metadata[0].name
      }
    }
  }
}
"#;
    let (found, _) = found(estate);
    let expected = "violation encryption/not-encrypted kubernetes_stateful_set_v1.database \
                    `kubernetes_storage_class_v1.plain.metadata[0].name`";
    assert!(found.iter().any(|one| one == expected), "{found:#?}");
}

#[test]
fn a_manifest_that_terraform_applies_is_judged_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let claim = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: records\n  labels:\n    data-classification: health\nspec:\n  storageClassName: none\n  accessModes: [ReadWriteOnce]\n";
    fs::write(folder.path().join("claim.yaml"), claim).expect("a file");
    let other = claim.replace("name: records", "name: others");
    fs::write(folder.path().join("other.yaml"), other).expect("a file");
    let estate = r#"
resource "kubernetes_manifest" "claim" {
  manifest = yamldecode(file("${path.module}/claim.yaml"))
}
"#;
    fs::write(folder.path().join("main.tf"), estate).expect("a file");
    let (_, document) = scan_json(folder.path().to_str().expect("a path"), &[]);
    let findings = document["findings"].as_array().expect("a list").iter();
    let about = findings.filter(|one| one["rule"] == "encryption/not-encrypted");
    let mut about: Vec<&str> = about.filter_map(|one| one["address"].as_str()).collect();
    about.sort_unstable();
    assert_eq!(
        about,
        [
            "kubernetes_manifest.claim",
            "v1/PersistentVolumeClaim others"
        ]
    );
}
