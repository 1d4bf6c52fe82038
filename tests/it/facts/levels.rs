//! How sensitive data is, and who says so.

use serde_json::{Value, json};

use crate::support::gardefou_in;

/// What `inspect` says of some files.
pub(super) fn inspected(files: &[(&str, &str)]) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let run = gardefou_in(folder.path(), &["inspect", "--format", "json", "."], &[]);
    let document = serde_json::from_str(&run.stdout);
    document.unwrap_or_else(|error| panic!("{error}\n{}", run.stderr))
}

/// Every resource, object and missing module of a document.
fn everything(document: &Value) -> Vec<&Value> {
    let roots = document["roots"].as_array().expect("roots");
    let mut all: Vec<&Value> = Vec::new();
    for root in roots {
        for name in ["resources", "missing_modules"] {
            all.extend(root[name].as_array().expect("a list"));
        }
    }
    all.extend(document["objects"].as_array().expect("objects"));
    all
}

/// The facts of the only resource of an address.
pub(super) fn facts_of<'d>(document: &'d Value, address: &str) -> &'d Value {
    let mut found = everything(document)
        .into_iter()
        .filter(|one| one["address"] == address);
    let first = found.next();
    assert!(found.next().is_none(), "several {address}");
    &first.unwrap_or_else(|| panic!("no {address}"))["facts"]
}

fn level(document: &Value, address: &str) -> Value {
    let of = &facts_of(document, address)["sensitivity"];
    json!([of["level"], of["origin"]])
}

#[test]
fn the_call_of_a_module_speaks_of_what_is_in_it() {
    let document = inspected(&[
        (
            "main.tf",
            r#"
module "a" {
  source = "./store"
  tags   = { classification = "health" }
}
module "b" {
  source      = "./store"
  sensibilite = "interne"
}
module "c" { source = "./store" }
"#,
        ),
        (
            "store/main.tf",
            r#"
variable "tags" { default = {} }
variable "sensibilite" { default = "" }
resource "aws_s3_bucket" "b" {}
"#,
        ),
    ]);
    for (address, expected) in [
        (
            "module.a.aws_s3_bucket.b",
            json!(["health", "inherited-label"]),
        ),
        (
            "module.b.aws_s3_bucket.b",
            json!(["internal", "inherited-label"]),
        ),
        ("module.c.aws_s3_bucket.b", json!(["personal", "assumed"])),
    ] {
        assert_eq!(level(&document, address), expected, "{address}");
    }
}

#[test]
fn a_labelled_module_whose_code_is_not_at_hand_is_told_and_left_open() {
    let document = inspected(&[(
        "main.tf",
        r#"
module "records" {
  source  = "terraform-aws-modules/s3-bucket/aws"
  version = "4.1.0"
  bucket  = "x"
  tags    = { classification = "hds" }
}
module "plain" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "5.0.0"
}
"#,
    )]);
    assert_eq!(
        level(&document, "module.records"),
        json!(["health", "label"])
    );
    let location = &facts_of(&document, "module.records")["location"];
    let reason = location["$unknown"].as_str().expect("a reason");
    assert!(
        reason.contains("what is in module.records is not seen"),
        "{reason}"
    );
    // Nothing is said of what is in the other one.
    assert_eq!(facts_of(&document, "module.plain"), &Value::Null);
}

#[test]
fn names_of_folders_files_modules_and_namespaces_tell() {
    let document = inspected(&[
        (
            "dossier-medical/main.tf",
            "resource \"aws_s3_bucket\" \"a\" {}\n",
        ),
        ("web/paie.tf", "resource \"aws_s3_bucket\" \"b\" {}\n"),
        (
            "app/main.tf",
            "module \"patients\" {\n  source = \"../lib/store\"\n}\nmodule \"web\" {\n  source = \"../lib/store\"\n}\n",
        ),
        ("lib/store/main.tf", "resource \"aws_s3_bucket\" \"c\" {}\n"),
        (
            "k8s/a.yaml",
            "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: d, namespace: dossier-patient}\nspec: {}\n",
        ),
    ]);
    for (address, expected) in [
        ("aws_s3_bucket.a", json!(["health", "name"])),
        ("aws_s3_bucket.b", json!(["personal", "name"])),
        ("module.patients.aws_s3_bucket.c", json!(["health", "name"])),
        ("module.web.aws_s3_bucket.c", json!(["personal", "assumed"])),
        (
            "v1/PersistentVolumeClaim dossier-patient/d",
            json!(["health", "name"]),
        ),
    ] {
        assert_eq!(level(&document, address), expected, "{address}");
    }
}

#[test]
fn the_configuration_assigns_levels_by_path_address_and_namespace() {
    let document = inspected(&[
        (
            "gardefou.toml",
            r#"
[classification]
keys = ["cotation"]
[[classification.assign]]
match = ["infra/dmp/**", "aws_s3_bucket.named", "ns:dossier-*"]
level = "health"
"#,
        ),
        ("infra/dmp/main.tf", "resource \"aws_s3_bucket\" \"a\" {}\n"),
        (
            "other/main.tf",
            r#"
resource "aws_s3_bucket" "named" {}
resource "aws_s3_bucket" "labelled" { tags = { cotation = "secnumcloud" } }
"#,
        ),
        (
            "k8s/a.yaml",
            "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: d, namespace: dossier-x}\nspec: {}\n",
        ),
    ]);
    for (address, expected) in [
        ("aws_s3_bucket.a", json!(["health", "configuration"])),
        ("aws_s3_bucket.named", json!(["health", "configuration"])),
        ("aws_s3_bucket.labelled", json!(["particular", "label"])),
        (
            "v1/PersistentVolumeClaim dossier-x/d",
            json!(["health", "configuration"]),
        ),
    ] {
        assert_eq!(level(&document, address), expected, "{address}");
    }
}

#[test]
fn tags_that_stand_elsewhere_count() {
    let document = inspected(&[(
        "main.tf",
        r#"
resource "vsphere_tag_category" "c" {
  name        = "classification"
  cardinality = "SINGLE"
}
resource "vsphere_tag" "health" {
  name        = "health"
  category_id = vsphere_tag_category.c.id
}
resource "vsphere_virtual_machine" "vm" {
  name = "db"
  tags = [vsphere_tag.health.id]
}
resource "ovh_cloud_project_database" "db" {
  service_name = "x"
  engine       = "postgresql"
}
resource "ovh_iam_resource_tags" "t" {
  urn  = ovh_cloud_project_database.db.id
  tags = { "sensibilite" = "hds" }
}
resource "oci_objectstorage_bucket" "b" {
  name         = "b"
  defined_tags = { "Donnees.sensibilite" = "secnumcloud" }
}
resource "google_storage_bucket" "g" {
  name     = "g"
  location = "EU"
}
resource "kubernetes_namespace" "n" {
  metadata {
    name   = "records"
    labels = { "data.example.org/classification" = "health", tenant = "chu-x" }
  }
}
resource "kubernetes_deployment_v1" "inside" {
  metadata {
    name      = "api"
    namespace = kubernetes_namespace.n.metadata[0].name
  }
}
resource "kubernetes_deployment_v1" "template" {
  metadata { name = "api" }
  spec {
    template {
      metadata { labels = { sensibilite = "interne" } }
    }
  }
}
resource "kubernetes_manifest" "m" {
  manifest = {
    apiVersion = "v1"
    kind       = "PersistentVolumeClaim"
    metadata   = { name = "x", labels = { classification = "health" } }
  }
}
provider "google" {
  project        = "p"
  default_labels = { classification = "internal" }
}
"#,
    )]);
    for (address, expected) in [
        ("vsphere_virtual_machine.vm", json!(["health", "label"])),
        ("ovh_cloud_project_database.db", json!(["health", "label"])),
        ("oci_objectstorage_bucket.b", json!(["particular", "label"])),
        (
            "google_storage_bucket.g",
            json!(["internal", "inherited-label"]),
        ),
        (
            "kubernetes_deployment_v1.inside",
            json!(["health", "inherited-label"]),
        ),
        (
            "kubernetes_deployment_v1.template",
            json!(["internal", "label"]),
        ),
        ("kubernetes_manifest.m", json!(["health", "label"])),
    ] {
        assert_eq!(level(&document, address), expected, "{address}");
    }
}

/// A label as long as a file is quoted in part: a policy whose reason is too long would fail the run.
#[test]
fn a_label_of_any_length_is_a_gap_and_no_fault() {
    let folder = tempfile::tempdir().expect("a folder");
    let long = "confidentiality unheard of ".repeat(4_000);
    let code = format!(
        "provider \"aws\" {{\n  region = \"eu-west-3\"\n}}\nresource \"aws_s3_bucket\" \"a\" {{\n  tags = {{ classification = \"{long}\" }}\n}}\n"
    );
    std::fs::write(folder.path().join("main.tf"), code).expect("a file");
    let run = gardefou_in(folder.path(), &["scan", "--as-of", "2026-11-21", "."], &[]);
    assert_ne!(run.code, 2, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout.contains("which is no known level"),
        "{}",
        run.stdout
    );
}
