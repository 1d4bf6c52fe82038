//! How sensitive it is, and whose.

use super::tenants::tenants;
use super::{Seen, manifests, terraform};
use crate::catalog::Class;
use crate::config::words::Level;
use crate::facts::{ContradictedBy, LevelFrom};

pub(super) fn level(seen: &Seen, address: &str) -> (Level, bool) {
    let sensitivity = &seen.facts_of(address).sensitivity;
    (sensitivity.level, sensitivity.assumed)
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
resource "linode_instance" "d" { label = "patients" }
resource "aiven_pg" "e" { service_name = "patients" }
"#,
    );
    for address in ["aws_s3_bucket.a", "linode_instance.d", "aiven_pg.e"] {
        assert_eq!(level(&seen, address), (Level::Health, false), "{address}");
    }
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
    assert_eq!(tenants(&seen, "outscale_volume.blocks"), ["chu-nantes"]);
    assert_eq!(
        level(&seen, "scaleway_rdb_instance.words"),
        (Level::Health, false)
    );
    assert_eq!(tenants(&seen, "scaleway_rdb_instance.words"), ["chu-lille"]);
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
    assert_eq!(tenants(&seen, data), ["chu-nantes"]);
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

#[test]
fn a_store_of_keys_alone_keeps_no_data_and_a_name_is_an_edge_when_it_is_proxied() {
    let seen = terraform(
        r#"
resource "azurerm_key_vault" "keys" {}
resource "azurerm_key_vault_key" "k" { key_vault_id = azurerm_key_vault.keys.id }
resource "azurerm_key_vault" "mixed" {}
resource "azurerm_key_vault_key" "m" { key_vault_id = azurerm_key_vault.mixed.id }
resource "azurerm_key_vault_secret" "s" { key_vault_id = azurerm_key_vault.mixed.id }
resource "azurerm_key_vault" "unseen" {}
resource "cloudflare_dns_record" "on" { proxied = true }
resource "cloudflare_dns_record" "off" { proxied = false }
resource "cloudflare_record" "silent" {}
resource "cloudflare_record" "open" { proxied = var.proxied }
variable "proxied" {}
"#,
    );
    let is = |address: &str, class| seen.facts_of(address).classes.contains(class);
    assert!(!is("azurerm_key_vault.keys", Class::HoldsData));
    assert!(is("azurerm_key_vault.keys", Class::KeyStore));
    assert!(is("azurerm_key_vault.mixed", Class::HoldsData));
    assert!(is("azurerm_key_vault.unseen", Class::HoldsData));
    assert!(is("cloudflare_dns_record.on", Class::Edge));
    assert!(!is("cloudflare_dns_record.off", Class::Edge));
    assert!(!is("cloudflare_record.silent", Class::Edge));
    // Never a silent pass.
    assert!(is("cloudflare_record.open", Class::Edge));
}

/// Origin and confidence of a level.
pub(super) fn origin(seen: &Seen, address: &str) -> (LevelFrom, u8) {
    let sensitivity = &seen.facts_of(address).sensitivity;
    (sensitivity.origin, sensitivity.confidence)
}

/// What says a higher level than the one that counts.
fn against(seen: &Seen, address: &str) -> Option<(ContradictedBy, Level)> {
    let contradiction = seen.facts_of(address).sensitivity.contradiction.as_ref()?;
    Some((contradiction.by, contradiction.level))
}

/// The level that a weak sign hints at.
fn hint(seen: &Seen, address: &str) -> Option<Level> {
    Some(seen.facts_of(address).sensitivity.hint.as_ref()?.level)
}

pub(super) fn evidence<'s>(seen: &'s Seen, address: &str) -> Vec<&'s str> {
    let basis = &seen.facts_of(address).sensitivity.basis;
    let all = basis.evidence.iter();
    all.filter_map(|id| seen.facts.evidence(*id))
        .map(|one| &*one.label.en)
        .collect()
}

#[test]
fn every_origin_has_its_confidence() {
    let seen = terraform(
        r#"
provider "aws" {
  region = "eu-west-3"
  default_tags { tags = { classification = "internal" } }
}
provider "google" {}
resource "aws_s3_bucket" "own" { tags = { classification = "health" } }
resource "aws_s3_bucket" "inherited" {}
resource "google_healthcare_dataset" "typed" {}
resource "google_storage_bucket" "dossier_patient" {}
resource "google_storage_bucket" "silent" {}
resource "google_storage_bucket" "asked" { labels = { classification = "restricted" } }
"#,
    );
    assert_eq!(origin(&seen, "aws_s3_bucket.own"), (LevelFrom::Label, 100));
    assert_eq!(
        origin(&seen, "aws_s3_bucket.inherited"),
        (LevelFrom::InheritedLabel, 90)
    );
    assert_eq!(
        origin(&seen, "google_healthcare_dataset.typed"),
        (LevelFrom::ResourceType, 95)
    );
    assert_eq!(
        origin(&seen, "google_storage_bucket.dossier_patient"),
        (LevelFrom::Name, 70)
    );
    assert_eq!(
        origin(&seen, "google_storage_bucket.silent"),
        (LevelFrom::Assumed, 0)
    );
    let asked = "google_storage_bucket.asked";
    assert_eq!(origin(&seen, asked), (LevelFrom::Label, 60));
    assert_eq!(level(&seen, asked), (Level::Personal, false));
    assert_eq!(hint(&seen, asked), Some(Level::Personal));
}

#[test]
fn a_type_that_holds_nothing_else_is_not_lowered_by_a_default_tag() {
    let seen = terraform(
        r#"
provider "aws" {
  region = "eu-west-3"
  default_tags { tags = { classification = "internal" } }
}
resource "aws_healthlake_fhir_datastore" "a" { datastore_type_version = "R4" }
resource "aws_healthlake_fhir_datastore" "b" {
  datastore_type_version = "R4"
  tags                   = { classification = "internal" }
}
"#,
    );
    assert_eq!(
        level(&seen, "aws_healthlake_fhir_datastore.a"),
        (Level::Health, false)
    );
    let labelled = "aws_healthlake_fhir_datastore.b";
    assert_eq!(level(&seen, labelled), (Level::Internal, false));
    assert_eq!(
        against(&seen, labelled),
        Some((ContradictedBy::Name, Level::Health))
    );
}

#[test]
fn keys_and_values_are_understood_in_every_spelling() {
    for (tag, expected) in [
        (r#"DataClassification = "Health""#, Level::Health),
        (
            r#""data.example.org/classification" = "hds""#,
            Level::Health,
        ),
        (r#""acme:sensitivity" = "PII""#, Level::Personal),
        (
            r#""Niveau-Sensibilité" = "Données de santé""#,
            Level::Health,
        ),
        (r#"nature_donnees = "santé, RGPD""#, Level::Health),
        (r#"NatureDonnees = "donnees-sante-patients""#, Level::Health),
        (r#"besoin-securite = "SecNumCloud""#, Level::Particular),
        (r#"classification = "C2""#, Level::Personal),
        (r#"classification = "Restreint""#, Level::Personal),
        (r#"classification = "Très sensible""#, Level::Particular),
        (r#"classification = "secret""#, Level::Beyond),
        (r#"classification = "Diffusion Restreinte""#, Level::Beyond),
        (r#"dicp = "2-2-3-1""#, Level::Personal),
        (r#"DICT = "D2I2C3T1""#, Level::Personal),
        (r#"hds = "oui""#, Level::Health),
        (r#"contains_pii = true"#, Level::Personal),
        (r#"snc = 1"#, Level::Particular),
        (r#"classification = "non-business""#, Level::Public),
        (r#"sensibilite = "non sensible""#, Level::Internal),
    ] {
        let seen = terraform(&format!(
            "resource \"aws_s3_bucket\" \"b\" {{\n  tags = {{ {tag} }}\n}}"
        ));
        assert_eq!(level(&seen, "aws_s3_bucket.b"), (expected, false), "{tag}");
    }
}

#[test]
fn what_says_nothing_about_the_level_is_no_level() {
    for tag in [
        // Values that only mean something under a key about classification.
        r#"data-type = "secret""#,
        r#"data-type = "dr""#,
        r#"site = "dr""#,
        r#"kind = "secret""#,
        // Negations turn the meaning round.
        r#"nature-donnees = "hors données de santé""#,
        r#"hds = "non""#,
        r#"contains-phi = false"#,
        // In defence use C1 means something else.
        r#"classification = "C1""#,
        // Topics have values of their own.
        r#"compliance = "soc2""#,
        r#"data-domain = "sales""#,
        r#"homologation = "2026-04""#,
        r#"data-residency = "health""#,
        // Not production is no level.
        r#"environment = "test""#,
    ] {
        let seen = terraform(&format!(
            "resource \"aws_s3_bucket\" \"b\" {{\n  tags = {{ {tag} }}\n}}"
        ));
        assert_eq!(
            level(&seen, "aws_s3_bucket.b"),
            (Level::Personal, true),
            "{tag}"
        );
        let labels = seen.facts.labels(seen.resource("aws_s3_bucket.b").id);
        assert!(labels.is_some_and(|all| all.unknown.is_none()), "{tag}");
    }
}

#[test]
fn the_traps_of_names_do_not_fire() {
    for name in [
        "healthcheck",
        "health-probe",
        "healthz",
        "app-liveness",
        "diagnostic-settings",
        "dump",
        "souvenir",
        "path",
        "risk",
        "client_id",
        "sensitive",
        "sensitive-values",
        "dr",
        "dr-site",
        "secret",
        "app-secrets",
        "restreint",
        "ins",
        "dpi",
        "test-lab",
        "customer-care",
        "vpc-cni",
        "emr-spark",
        "sonde-sante",
        "site-snc-gra",
        "openshift-ose",
        "numero",
    ] {
        let seen = terraform(&format!(
            "resource \"aws_s3_bucket\" \"b\" {{\n  bucket = \"{name}\"\n}}"
        ));
        assert_eq!(
            level(&seen, "aws_s3_bucket.b"),
            (Level::Personal, true),
            "{name}"
        );
    }
    for (name, expected) in [
        ("chu-nantes", Level::Health),
        ("dossierMedical", Level::Health),
        ("export_dossiers_médicaux", Level::Health),
        ("patients2", Level::Health),
        ("health-data", Level::Health),
        ("fhir-healthcheck", Level::Health),
        ("app-nir", Level::Personal),
        ("etat-civil", Level::Personal),
        ("secret-affaires", Level::Particular),
        ("gendarmerie-nationale", Level::Particular),
        ("secret-defense", Level::Beyond),
        ("archives-diffusion-restreinte", Level::Beyond),
    ] {
        let seen = terraform(&format!(
            "resource \"aws_s3_bucket\" \"b\" {{\n  bucket = \"{name}\"\n}}"
        ));
        assert_eq!(level(&seen, "aws_s3_bucket.b"), (expected, false), "{name}");
    }
}

#[test]
fn weak_words_ask_for_a_label_and_decide_nothing() {
    let seen = terraform(
        r#"
resource "aws_s3_bucket" "soins" {}
resource "aws_s3_bucket" "users_export" {}
resource "aws_s3_bucket" "assets" {}
resource "aws_s3_bucket" "soins_labelled" { tags = { classification = "internal" } }
resource "aws_lambda_function" "f" {
  environment { variables = { PATIENT_DB_URL = "x" } }
}
resource "aws_s3_bucket" "coded" { tags = { classification = "c1" } }
"#,
    );
    for (address, expected) in [
        ("aws_s3_bucket.soins", Some(Level::Health)),
        ("aws_s3_bucket.users_export", Some(Level::Personal)),
        ("aws_s3_bucket.assets", None),
        ("aws_lambda_function.f", Some(Level::Health)),
        ("aws_s3_bucket.coded", Some(Level::Internal)),
    ] {
        assert_eq!(level(&seen, address), (Level::Personal, true), "{address}");
        assert_eq!(hint(&seen, address), expected, "{address}");
    }
    assert_eq!(hint(&seen, "aws_s3_bucket.soins_labelled"), None);
    assert_eq!(against(&seen, "aws_s3_bucket.soins_labelled"), None);
}

#[test]
fn a_label_lower_than_a_name_or_a_parent_is_contradicted() {
    let seen = terraform(
        r#"
resource "aws_s3_bucket" "dossier_patient" { tags = { classification = "public" } }
resource "aws_s3_bucket" "patients_fictifs" { tags = { classification = "internal", donnees = "fictives" } }
resource "aws_s3_bucket" "patients_test" { tags = { data = "synthetic" } }
resource "aws_s3_bucket" "patients_brut" { tags = { data = "non anonymised" } }
resource "aws_s3_bucket" "pii_dump" { tags = { classification = "health" } }
resource "aws_s3_bucket" "patients_restricted" { tags = { classification = "confidentiel" } }
resource "azurerm_mssql_server" "s" { tags = { sensibilite = "hds" } }
resource "azurerm_mssql_database" "said" {
  server_id = azurerm_mssql_server.s.id
  tags      = { sensibilite = "interne" }
}
"#,
    );
    let name = |level| Some((ContradictedBy::Name, level));
    let bucket = |name: &str| format!("aws_s3_bucket.{name}");
    assert_eq!(
        against(&seen, &bucket("dossier_patient")),
        name(Level::Health)
    );
    assert_eq!(level(&seen, &bucket("dossier_patient")).0, Level::Public);
    // Invented data contradicts no name, whether a level stands beside it or not.
    for address in [bucket("patients_fictifs"), bucket("patients_test")] {
        assert_eq!(level(&seen, &address), (Level::Internal, false));
        assert_eq!(against(&seen, &address), None, "{address}");
    }
    assert_eq!(
        level(&seen, &bucket("patients_brut")),
        (Level::Health, false)
    );
    // A label that says more than the name is no contradiction.
    assert_eq!(against(&seen, &bucket("pii_dump")), None);
    // "Personal at least": the name says how much more.
    let bound = bucket("patients_restricted");
    assert_eq!(level(&seen, &bound), (Level::Health, false));
    assert_eq!(against(&seen, &bound), None);
    assert_eq!(
        against(&seen, "azurerm_mssql_database.said"),
        Some((ContradictedBy::Parent, Level::Health))
    );
}

#[test]
fn the_known_start_of_a_name_tells() {
    let seen = terraform(
        r#"
variable "env" {}
resource "aws_s3_bucket" "a" { bucket = "patients-${var.env}" }
resource "aws_s3_bucket" "b" { bucket = "chu${var.env}" }
resource "aws_ebs_volume" "tagged" { tags = { Name = "pacs-archive" } }
"#,
    );
    assert_eq!(
        level(&seen, "aws_ebs_volume.tagged"),
        (Level::Health, false)
    );
    assert_eq!(level(&seen, "aws_s3_bucket.a"), (Level::Health, false));
    // `chu` may go on: `chutes`.
    assert_eq!(level(&seen, "aws_s3_bucket.b"), (Level::Personal, true));
}

#[test]
fn labels_beside_unknown_tags_count_where_nothing_can_replace_them() {
    let seen = terraform(
        r#"
variable "tags" { type = map(string) }
resource "aws_s3_bucket" "after" { tags = merge(var.tags, { classification = "hds", tenant = "chu-x" }) }
resource "aws_s3_bucket" "before" { tags = merge({ classification = "public" }, var.tags) }
"#,
    );
    assert_eq!(level(&seen, "aws_s3_bucket.after"), (Level::Health, false));
    assert_eq!(tenants(&seen, "aws_s3_bucket.after"), ["chu-x"]);
    // The variable may say otherwise.
    assert_eq!(
        level(&seen, "aws_s3_bucket.before"),
        (Level::Personal, true)
    );
}

#[test]
fn a_storage_class_has_the_highest_level_of_its_volumes() {
    let claim = |name: &str, level: &str| {
        format!(
            "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{ name: {name}, namespace: app, labels: {{ gardefou.eu/sensitivity: {level} }} }}\nspec: {{ storageClassName: fast }}\n---\n"
        )
    };
    let class = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: fast }\nprovisioner: ebs.csi.aws.com\n";
    let text = [
        claim("a", "personal"),
        claim("b", "health"),
        class.to_owned(),
    ]
    .concat();
    let seen = super::manifests(&text);
    let level = |address: &str| seen.facts_of(address).sensitivity.level;
    assert_eq!(level("storage.k8s.io/v1/StorageClass fast"), Level::Health);
    assert_eq!(level("v1/PersistentVolumeClaim app/a"), Level::Personal);
}
