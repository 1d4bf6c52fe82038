//! How sensitive it is, and whose.

use super::{Seen, manifests, terraform};
use crate::catalog::Class;
use crate::config::words::Level;
use crate::facts::{Tenancy, Tenant};

fn level(seen: &Seen, address: &str) -> (Level, bool) {
    let sensitivity = &seen.facts_of(address).sensitivity;
    (sensitivity.level, sensitivity.assumed)
}

/// The tenancy of one tenant, whatever says so.
fn dedicated(name: &str) -> Tenancy {
    Tenancy::Dedicated(Tenant {
        name: name.into(),
        evidence: Vec::new(),
    })
}

#[test]
fn a_label_goes_before_a_default_tag_and_both_before_a_name() {
    let seen = terraform(
        r#"
provider "aws" {
  region = "eu-west-3"
  default_tags { tags = { classification = "internal" } }
}
resource "aws_s3_bucket" "patients" { tags = { Sensibilité = "Publique", data-classification = "public" } }
resource "aws_s3_bucket" "dossier_patient" {}
resource "aws_sqs_queue" "q" { tags = { contains-phi = "true" } }
resource "aws_sqs_queue" "none" { tags = { contains-phi = "false" } }
"#,
    );
    assert_eq!(
        level(&seen, "aws_s3_bucket.patients"),
        (Level::Public, false)
    );
    assert_eq!(
        level(&seen, "aws_s3_bucket.dossier_patient"),
        (Level::Internal, false)
    );
    assert_eq!(level(&seen, "aws_sqs_queue.q"), (Level::Health, false));
    assert_eq!(level(&seen, "aws_sqs_queue.none"), (Level::Internal, false));
}

#[test]
fn names_count_by_whole_words_and_nothing_else_is_assumed_silently() {
    let seen = terraform(
        r#"
resource "aws_s3_bucket" "a" { bucket = "chu-dossier-patient" }
resource "aws_s3_bucket" "b" { bucket = "healthcheck-dump" }
resource "aws_s3_bucket" "c" { bucket = "souvenirs" }
"#,
    );
    assert_eq!(level(&seen, "aws_s3_bucket.a"), (Level::Health, false));
    assert_eq!(level(&seen, "aws_s3_bucket.b"), (Level::Personal, true));
    assert_eq!(level(&seen, "aws_s3_bucket.c"), (Level::Personal, true));
}

#[test]
fn what_serves_data_takes_its_level_and_parts_inherit() {
    let seen = terraform(
        r#"
resource "aws_kms_key" "k" { tags = { classification = "internal" } }
resource "aws_db_instance" "db" {
  kms_key_id = aws_kms_key.k.arn
  tags       = { classification = "health" }
}
resource "azurerm_mssql_server" "s" { tags = { sensibilite = "hds" } }
resource "azurerm_mssql_database" "d" { server_id = azurerm_mssql_server.s.id }
resource "azurerm_mssql_database" "said" {
  server_id = azurerm_mssql_server.s.id
  tags      = { sensibilite = "interne" }
}
"#,
    );
    assert_eq!(level(&seen, "aws_kms_key.k"), (Level::Health, false));
    assert_eq!(
        level(&seen, "azurerm_mssql_database.d"),
        (Level::Health, false)
    );
    assert_eq!(
        level(&seen, "azurerm_mssql_database.said"),
        (Level::Internal, false)
    );
}

#[test]
fn tags_of_every_shape_are_read() {
    let seen = terraform(
        r#"
resource "outscale_volume" "blocks" {
  tags {
    key   = "sensibilite"
    value = "secnumcloud"
  }
  tags {
    key   = "etablissement"
    value = "chu-nantes"
  }
}
resource "scaleway_rdb_instance" "words" { tags = ["classification=health", "tenant:chu-lille"] }
"#,
    );
    assert_eq!(
        level(&seen, "outscale_volume.blocks"),
        (Level::Particular, false)
    );
    assert_eq!(
        seen.facts_of("outscale_volume.blocks").tenancy,
        dedicated("chu-nantes")
    );
    assert_eq!(
        level(&seen, "scaleway_rdb_instance.words"),
        (Level::Health, false)
    );
    assert_eq!(
        seen.facts_of("scaleway_rdb_instance.words").tenancy,
        dedicated("chu-lille")
    );
}

#[test]
fn tenants_come_from_labels_and_from_collections_of_tenants() {
    let seen = terraform(
        r#"
variable "tenants" { default = ["a", "b"] }
variable "sizes" { default = ["s", "m"] }
resource "aws_s3_bucket" "each" { for_each = toset(var.tenants) }
resource "aws_s3_bucket" "sized" { for_each = toset(var.sizes) }
resource "azurerm_key_vault" "v" { tenant_id = "00000000-0000-0000-0000-000000000000" }
"#,
    );
    let tenancy = |address: &str| seen.facts_of(address).tenancy.clone();
    assert_eq!(tenancy("aws_s3_bucket.each[\"a\"]"), dedicated("a"));
    assert_eq!(tenancy("aws_s3_bucket.sized[\"s\"]"), Tenancy::Unattributed);
    assert_eq!(tenancy("azurerm_key_vault.v"), Tenancy::Unattributed);
}

#[test]
fn objects_inherit_from_their_namespace() {
    let seen = manifests(
        r#"
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: chu}
spec: {}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: own, namespace: chu, labels: {data-classification: internal}}
spec: {}
---
apiVersion: v1
kind: Namespace
metadata: {name: chu, labels: {sensibilite: hds, etablissement: chu-nantes}}
"#,
    );
    let data = "v1/PersistentVolumeClaim chu/data";
    assert_eq!(level(&seen, data), (Level::Health, false));
    assert_eq!(seen.facts_of(data).tenancy, dedicated("chu-nantes"));
    assert_eq!(
        level(&seen, "v1/PersistentVolumeClaim chu/own"),
        (Level::Internal, false)
    );
}

#[test]
fn a_label_that_cannot_be_read_is_not_taken_for_none() {
    let seen = terraform(
        r#"
variable "level" {}
resource "aws_s3_bucket" "unset" { tags = { classification = var.level } }
resource "aws_s3_bucket" "odd" { tags = { classification = "helth" } }
resource "aws_s3_bucket" "read" { tags = { classification = "helth", sensibilite = "hds" } }
resource "aws_s3_bucket" "other" { tags = { owner = var.level } }
"#,
    );
    let unread = |address: &str| {
        let labels = seen
            .facts
            .labels(seen.resource(address).id)
            .expect("labels");
        labels
            .unknown
            .as_ref()
            .and_then(|value| value.as_unknown())
            .map(|unknown| unknown.because.to_string())
    };
    assert!(
        unread("aws_s3_bucket.unset")
            .is_some_and(|why| why.contains("variable \"level\" has no value"))
    );
    assert!(unread("aws_s3_bucket.odd").is_some_and(|why| why.contains("helth")));
    assert_eq!(unread("aws_s3_bucket.read"), None);
    assert_eq!(unread("aws_s3_bucket.other"), None);
}

#[test]
fn what_the_catalogue_does_not_know_holds_data_when_it_says_so() {
    let seen = terraform(
        r#"
resource "acme_store" "said" { tags = { classification = "health" } }
resource "acme_store" "silent" {}
"#,
    );
    let holds = |address: &str| seen.facts_of(address).classes.contains(Class::HoldsData);
    assert!(holds("acme_store.said"));
    assert!(!holds("acme_store.silent"));
}
