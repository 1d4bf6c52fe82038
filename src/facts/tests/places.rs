//! Where it is and who runs it.

use super::{Seen, manifests, terraform};
use crate::catalog::{Area, Certainty};
use crate::facts::{Answer, Exposure, Fact, Hosting, Location, VisaScope, VisaState};

fn place<'s>(seen: &'s Seen, address: &str) -> &'s Location {
    match &seen.facts_of(address).location {
        Fact::Known(location) => location,
        other => panic!("{address}: {other:?}"),
    }
}

fn unknown_place(seen: &Seen, address: &str) -> String {
    match &seen.facts_of(address).location {
        Fact::Unknown(gap) => gap.reason.en.to_string(),
        other => panic!("{address}: {other:?}"),
    }
}

fn host<'s>(seen: &'s Seen, address: &str) -> &'s Hosting {
    match &seen.facts_of(address).hosting {
        Fact::Known(hosting) => hosting,
        other => panic!("{address}: {other:?}"),
    }
}

#[test]
fn the_resource_goes_before_its_provider() {
    let seen = terraform(
        r#"
provider "aws" { region = "eu-west-3" }
provider "aws" {
  alias  = "london"
  region = "eu-west-2"
}
resource "aws_s3_bucket" "here" {}
resource "aws_s3_bucket" "there" { provider = aws.london }
resource "aws_s3_bucket" "own" {
  provider = aws.london
  region   = "eu-central-1"
}
resource "aws_ebs_volume" "zone" {
  availability_zone = "eu-central-2a"
  size              = 1
}
"#,
    );
    let country = |address: &str| place(&seen, address).countries.join(",");
    assert_eq!(country("aws_s3_bucket.here"), "FR");
    assert_eq!(country("aws_s3_bucket.there"), "GB");
    assert_eq!(country("aws_s3_bucket.own"), "DE");
    let zone = place(&seen, "aws_ebs_volume.zone");
    assert_eq!((&*zone.region, zone.area), ("eu-central-2", Area::Adequate));
}

#[test]
fn a_region_from_outside_the_code_is_never_guessed() {
    let seen = terraform(
        r#"
variable "region" {}
provider "aws" {}
provider "aws" {
  alias  = "chosen"
  region = var.region
}
resource "aws_s3_bucket" "none" {}
resource "aws_s3_bucket" "variable" { provider = aws.chosen }
resource "azurerm_storage_account" "a" { location = var.region }
resource "aws_s3_bucket" "odd" { region = "eu-west-99" }
"#,
    );
    assert!(unknown_place(&seen, "aws_s3_bucket.none").contains("AWS_REGION"));
    assert!(
        unknown_place(&seen, "aws_s3_bucket.variable").contains("variable \"region\" has no value")
    );
    assert!(
        unknown_place(&seen, "azurerm_storage_account.a")
            .contains("variable \"region\" has no value")
    );
    assert!(unknown_place(&seen, "aws_s3_bucket.odd").contains("no known region"));
}

#[test]
fn an_offering_told_by_its_region_is_unknown_with_it() {
    let seen = terraform(
        r#"
provider "outscale" {}
provider "azurerm" {}
resource "outscale_vm" "v" { image_id = "ami-1" }
resource "outscale_volume" "zone" {
  subregion_name = "mars-1a"
  size           = 1
}
resource "azurerm_managed_disk" "d" {
  location = "francecentral"
  zone     = "1"
}
"#,
    );
    assert!(unknown_place(&seen, "outscale_vm.v").contains("OSC_REGION"));
    match &seen.facts_of("outscale_vm.v").hosting {
        Fact::Unknown(gap) => assert!(gap.reason.en.contains("OSC_REGION"), "{gap:?}"),
        other => panic!("{other:?}"),
    }
    assert!(unknown_place(&seen, "outscale_volume.zone").contains("mars-1a"));
    assert_eq!(
        &*place(&seen, "azurerm_managed_disk.d").region,
        "francecentral"
    );
}

#[test]
fn one_identifier_is_another_place_at_another_provider() {
    let seen = terraform(
        r#"
provider "outscale" {
  api { region = "eu-west-2" }
}
provider "aws" { region = "eu-west-2" }
resource "outscale_volume" "v" {
  subregion_name = "eu-west-2a"
  size           = 1
}
resource "aws_s3_bucket" "b" {}
"#,
    );
    assert_eq!(place(&seen, "outscale_volume.v").area, Area::Eu);
    assert_eq!(place(&seen, "aws_s3_bucket.b").area, Area::Adequate);
    let outscale = host(&seen, "outscale_volume.v");
    assert_eq!(
        outscale.offering.as_deref(),
        Some("outscale/public-regions")
    );
    assert_eq!(outscale.visa, VisaState::None);
    assert_eq!(
        outscale.qualified_sibling.as_deref(),
        Some("outscale/iaas-cloud-on-demand")
    );
    assert_eq!(outscale.visa_places.join(" "), "cloudgouv-eu-west-1");
}

/// Whoever moves wants to stay: not to the visa that ends in a month.
#[test]
fn the_sibling_named_first_is_the_one_whose_visa_ends_last() {
    let seen = terraform(
        r#"
resource "ovh_cloud_project_instance" "i" {
  service_name = "s"
  region       = "GRA11"
  name         = "i"
}
"#,
    );
    let ovh = host(&seen, "ovh_cloud_project_instance.i");
    let first = ovh.qualified_sibling.as_deref();
    // On the day of these tests, before SNC Cloud Platform was qualified.
    assert_eq!(first, Some("ovhcloud/bare-metal-pod"));
    assert_eq!(
        ovh.other_siblings.join(" "),
        "ovhcloud/hosted-private-cloud-vmware"
    );
    assert_eq!(ovh.headquarters_area, Some(Area::Eu));
}

#[test]
fn an_endpoint_says_who_answers_whatever_the_provider_is_called() {
    let seen = terraform(
        r#"
provider "aws" {
  region = "cloudgouv-eu-west-1"
  endpoints { s3 = "https://oos.cloudgouv-eu-west-1.outscale.com" }
}
provider "aws" {
  alias  = "plain"
  region = "eu-west-3"
}
resource "aws_s3_bucket" "b" {}
resource "aws_s3_bucket" "plain" { provider = aws.plain }
"#,
    );
    let hosting = host(&seen, "aws_s3_bucket.b");
    assert_eq!(
        hosting.offering.as_deref(),
        Some("outscale/iaas-cloud-on-demand")
    );
    assert_eq!(
        (hosting.visa, hosting.scope),
        (VisaState::InForce, VisaScope::Inside)
    );
    assert_eq!(hosting.visa_ends.as_deref(), Some("2026-11-30"));
    assert_eq!(hosting.exposure, Exposure::None);
    assert_eq!(place(&seen, "aws_s3_bucket.b").area, Area::Eu);
    let plain = host(&seen, "aws_s3_bucket.plain");
    assert_eq!(
        (&*plain.provider, plain.exposure),
        ("aws", Exposure::Exposed)
    );
    assert_eq!(plain.headquarters.as_deref(), Some("US"));
}

#[test]
fn parts_are_where_their_whole_is() {
    let seen = terraform(
        r#"
resource "azurerm_mssql_server" "s" {
  name     = "s"
  location = "UK South"
}
resource "azurerm_mssql_database" "d" {
  name      = "d"
  server_id = azurerm_mssql_server.s.id
}
resource "azurerm_mssql_database" "lost" {
  name      = "lost"
  server_id = "/subscriptions/x/servers/other"
}
"#,
    );
    let database = place(&seen, "azurerm_mssql_database.d");
    assert_eq!(
        (&*database.region, database.area),
        ("uksouth", Area::Adequate)
    );
    assert!(unknown_place(&seen, "azurerm_mssql_database.lost").contains("server_id"));
}

#[test]
fn a_documented_default_is_a_place_and_says_so() {
    let seen = terraform("resource \"scaleway_rdb_instance\" \"db\" {}\n");
    let location = place(&seen, "scaleway_rdb_instance.db");
    assert_eq!((&*location.region, location.area), ("fr-par", Area::Eu));
    assert_eq!(location.basis.certainty, Certainty::Probable);
    let hosting = host(&seen, "scaleway_rdb_instance.db");
    assert_eq!(hosting.offering.as_deref(), Some("scaleway/public"));
    // Its certificate names instances, object and block storage.
    assert_eq!(hosting.hds, Answer::Unknown);
}

#[test]
fn what_the_catalogue_does_not_know_is_unknown_and_not_absent() {
    let seen = terraform("resource \"aws_holographic_store\" \"x\" { region = \"eu-west-3\" }\n");
    assert!(
        unknown_place(&seen, "aws_holographic_store.x")
            .contains("does not know aws_holographic_store")
    );
    // Who runs it is known whatever the type; what a visa covers is not.
    assert_eq!(
        host(&seen, "aws_holographic_store.x").offering.as_deref(),
        Some("aws/public")
    );
    let seen = terraform(
        "provider \"google\" {\n  universe_domain = \"s3nsapis.fr\"\n}\nresource \"google_hologram\" \"x\" {}\n",
    );
    assert!(matches!(
        seen.facts_of("google_hologram.x").hosting,
        Fact::Unknown(_)
    ));
}

#[test]
fn an_object_without_a_target_is_nowhere() {
    let seen = manifests(
        r#"
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: prod}
spec: {}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: prod}
"#,
    );
    assert!(unknown_place(&seen, "apps/v1/Deployment prod/api").contains("[[target]]"));
    assert_eq!(
        seen.facts_of("v1/ConfigMap prod/settings").location,
        Fact::Absent
    );
}

#[test]
fn a_host_nobody_knows_leaves_operator_and_place_open() {
    let seen = terraform(
        r#"
variable "endpoint" {}
provider "aws" {
  alias  = "stranger"
  region = "eu-west-3"
  endpoints { s3 = "https://s3.storage.example.net" }
}
provider "aws" {
  alias  = "unset"
  region = "eu-west-3"
  endpoints { s3 = var.endpoint }
}
provider "aws" {
  alias  = "scaleway"
  region = "fr-par"
  endpoints { s3 = "https://s3.fr-par.scw.cloud" }
}
provider "aws" {
  alias  = "own"
  region = "eu-west-3"
  endpoints { s3 = "https://s3.eu-west-3.amazonaws.com" }
}
provider "google" {
  region          = "europe-west9"
  universe_domain = "cloud.example.net"
}
resource "aws_s3_bucket" "stranger" { provider = aws.stranger }
resource "aws_s3_bucket" "unset" { provider = aws.unset }
resource "aws_s3_bucket" "scaleway" { provider = aws.scaleway }
resource "aws_s3_bucket" "own" { provider = aws.own }
resource "google_compute_disk" "g" { zone = "europe-west9-a" }
"#,
    );
    for address in [
        "aws_s3_bucket.stranger",
        "aws_s3_bucket.unset",
        "google_compute_disk.g",
    ] {
        assert!(
            matches!(seen.facts_of(address).hosting, Fact::Unknown(_)),
            "{address}"
        );
        assert!(
            matches!(seen.facts_of(address).location, Fact::Unknown(_)),
            "{address}"
        );
    }
    assert_eq!(&*host(&seen, "aws_s3_bucket.scaleway").provider, "scaleway");
    assert_eq!(&*place(&seen, "aws_s3_bucket.scaleway").region, "fr-par");
    assert_eq!(
        host(&seen, "aws_s3_bucket.own").offering.as_deref(),
        Some("aws/public")
    );
}

#[test]
fn an_unknown_zone_takes_nothing_from_the_region() {
    let seen = terraform(
        r#"
provider "aws" { region = "eu-west-3" }
data "aws_availability_zones" "all" {}
resource "aws_ebs_volume" "v" {
  availability_zone = data.aws_availability_zones.all.names[0]
  size              = 1
}
variable "zone" {}
provider "google" { region = "europe-west9" }
resource "google_compute_disk" "anywhere" { zone = var.zone }
"#,
    );
    assert_eq!(&*place(&seen, "aws_ebs_volume.v").region, "eu-west-3");
    // A zone of Google may lie in any region, whatever the provider block says.
    assert!(
        unknown_place(&seen, "google_compute_disk.anywhere")
            .contains("variable \"zone\" has no value")
    );
}

#[test]
fn sensitive_values_are_never_read() {
    let seen = terraform(
        r#"
variable "region" {
  default   = "eu-west-3"
  sensitive = true
}
variable "client" {
  default   = "chu-secret"
  sensitive = true
}
resource "aws_s3_bucket" "b" {
  region = var.region
  tags   = { tenant = var.client }
}
"#,
    );
    assert!(unknown_place(&seen, "aws_s3_bucket.b").contains("marked sensitive"));
    let all = format!(
        "{:?} {:?}",
        seen.facts_of("aws_s3_bucket.b"),
        seen.resource("aws_s3_bucket.b").attributes
    );
    assert!(!all.contains("chu-secret"), "{all}");
}

#[test]
fn what_holds_nothing_is_asked_nothing() {
    let seen = terraform(
        "resource \"random_password\" \"p\" { length = 20 }\nresource \"null_resource\" \"n\" {}\n",
    );
    for address in ["random_password.p", "null_resource.n"] {
        assert!(seen.resource(address).catalogued, "{address}");
        assert_eq!(seen.facts_of(address).location, Fact::Absent, "{address}");
        assert_eq!(seen.facts_of(address).hosting, Fact::Absent, "{address}");
    }
}

#[test]
fn a_region_of_the_resource_stands_over_that_of_the_provider() {
    let seen = terraform(
        r#"
provider "aws" { region = "us-east-1" }
resource "aws_s3_bucket" "own" { region = "eu-west-3" }
resource "aws_s3_bucket" "inherits" {}
resource "aws_cloudfront_distribution" "edge" {}
resource "aws_route53_zone" "dns" { name = "example.org" }
resource "aws_ssmincidents_replication_set" "r" {
  region { name = "eu-west-1" }
  region { name = "eu-central-1" }
}
"#,
    );
    assert_eq!(&*place(&seen, "aws_s3_bucket.own").region, "eu-west-3");
    assert_eq!(&*place(&seen, "aws_s3_bucket.inherits").region, "us-east-1");
    let global = &place(&seen, "aws_cloudfront_distribution.edge").region;
    assert_eq!(&**global, "global");
    let set = place(&seen, "aws_ssmincidents_replication_set.r");
    assert_eq!(&*set.region, "eu-west-1, eu-central-1");
    assert_eq!(set.countries.len(), 2);
    // A zone of names has no place of its own, and least of all that of the provider.
    assert!(!matches!(
        &seen.facts_of("aws_route53_zone.dns").location,
        Fact::Known(location) if &*location.region == "us-east-1"
    ));
}

#[test]
fn a_region_read_back_from_the_provider_is_known() {
    let seen = terraform(
        r#"
provider "aws" { region = "eu-west-3" }
data "aws_region" "current" {}
data "google_kms_key_ring" "ring" {
  name     = "ring"
  location = "europe-west9"
  project  = "p"
}
resource "aws_ebs_volume" "v" {
  availability_zone = "${data.aws_region.current.name}a"
  size              = 1
}
"#,
    );
    let location = place(&seen, "aws_ebs_volume.v");
    assert_eq!(&*location.region, "eu-west-3");
}

#[test]
fn a_provider_that_cannot_be_told_places_nothing() {
    let seen = terraform(
        r#"
variable "key" {}
provider "aws" {
  alias    = "by"
  for_each = toset(["eu-west-3", "us-east-1"])
  region   = each.key
}
resource "aws_s3_bucket" "b" { provider = aws.by[var.key] }
"#,
    );
    assert!(
        unknown_place(&seen, "aws_s3_bucket.b")
            .contains("which instance of provider aws.by it uses is not known")
    );
}

#[test]
fn what_the_provider_places_where_it_likes_is_worldwide() {
    let seen = terraform(
        r#"
resource "google_secret_manager_secret" "auto" {
  secret_id = "s"
  replication {
    auto {}
  }
}
resource "google_secret_manager_secret" "chosen" {
  secret_id = "s"
  replication {
    user_managed {
      replicas { location = "europe-west9" }
      replicas { location = "europe-west1" }
    }
  }
}
"#,
    );
    assert_eq!(
        place(&seen, "google_secret_manager_secret.auto").area,
        Area::Worldwide
    );
    let chosen = place(&seen, "google_secret_manager_secret.chosen");
    assert_eq!(
        (chosen.countries.join(","), chosen.area),
        ("BE,FR".into(), Area::Eu)
    );
}

#[test]
fn in_a_universe_of_one_region_everything_is_there() {
    let seen = terraform(
        r#"
terraform {
  backend "gcs" { storage_custom_endpoint = "https://storage.s3nsapis.fr/storage/v1/b" }
}
provider "google" {
  region          = "u-france-east1"
  universe_domain = "s3nsapis.fr"
}
provider "google" {
  alias  = "world"
  region = "europe-west9"
}
variable "region" {}
resource "google_pubsub_topic" "here" { name = "t" }
resource "google_pubsub_topic" "anywhere" {
  provider = google.world
  name     = "t"
}
resource "google_kms_key_ring" "all" {
  name     = "r"
  location = "global"
}
resource "google_storage_bucket" "open" {
  name     = "b"
  location = var.region
}
resource "google_sql_database_instance" "backed" {
  settings {
    backup_configuration { enabled = true }
  }
}
"#,
    );
    for address in [
        "google_pubsub_topic.here",
        "google_kms_key_ring.all",
        "terraform.backend.gcs",
        "google_sql_database_instance.backed",
    ] {
        let found = place(&seen, address);
        assert_eq!((&*found.region, found.area), ("u-france-east1", Area::Eu));
    }
    assert_eq!(
        place(&seen, "google_pubsub_topic.anywhere").area,
        Area::Worldwide
    );
    assert!(unknown_place(&seen, "google_storage_bucket.open").contains("region"));
    let backed = seen.facts_of("google_sql_database_instance.backed");
    assert!(backed.copies.is_empty(), "{:?}", backed.copies);
}

#[test]
fn a_gap_names_what_can_be_written() {
    let seen = terraform(
        r#"
resource "ovh_vps" "v" {}
resource "outscale_oks_cluster" "c" {}
"#,
    );
    assert!(unknown_place(&seen, "ovh_vps.v").contains("`plan.configuration { value }`"));
    let cluster = unknown_place(&seen, "outscale_oks_cluster.c");
    assert!(cluster.contains("`project_id`"), "{cluster}");
}

#[test]
fn a_zone_speaks_where_the_region_is_not_known() {
    let seen = terraform(
        r#"
variable "region" {}
resource "google_sql_database_instance" "i" {
  region = var.region
  settings {
    tier = "t"
    location_preference { zone = "europe-west6-a" }
  }
}
"#,
    );
    let location = place(&seen, "google_sql_database_instance.i");
    assert_eq!(
        (&*location.region, location.area),
        ("europe-west6", Area::Adequate)
    );
}

#[test]
fn a_data_source_that_keeps_nothing_is_asked_nothing() {
    let seen = terraform(
        "provider \"aws\" {}\ndata \"aws_region\" \"here\" {}\ndata \"aws_caller_identity\" \"me\" {}\n",
    );
    for address in ["data.aws_region.here", "data.aws_caller_identity.me"] {
        assert_eq!(seen.facts_of(address).location, Fact::Absent, "{address}");
        assert_eq!(seen.facts_of(address).hosting, Fact::Absent, "{address}");
    }
}

#[test]
fn what_names_no_place_lies_in_the_nearest_multi_region() {
    let seen = terraform(
        r#"
resource "google_compute_disk" "paris" { zone = "europe-west9-a" }
resource "google_compute_disk" "sydney" { zone = "australia-southeast1-a" }
resource "google_compute_snapshot" "near" { source_disk = google_compute_disk.paris.id }
resource "google_compute_snapshot" "chosen" {
  source_disk       = google_compute_disk.paris.id
  storage_locations = ["europe-west6"]
}
resource "google_compute_snapshot" "far" { source_disk = google_compute_disk.sydney.id }
"#,
    );
    let near = place(&seen, "google_compute_snapshot.near");
    assert_eq!((&*near.region, near.area), ("EU", Area::Eu));
    assert_eq!(near.basis.certainty, Certainty::Probable);
    let chosen = place(&seen, "google_compute_snapshot.chosen");
    assert_eq!(&*chosen.region, "europe-west6");
    assert!(
        unknown_place(&seen, "google_compute_snapshot.far")
            .contains("no pair of australia-southeast1")
    );
}

#[test]
fn an_application_places_its_services() {
    let code = |more: &str| {
        format!(
            "resource \"google_app_engine_application\" \"a\" {{ location_id = \"europe-west2\" }}\n{more}
             resource \"google_app_engine_standard_app_version\" \"v\" {{ service = \"default\" }}\n"
        )
    };
    let version = "google_app_engine_standard_app_version.v";
    let seen = terraform(&code(""));
    let location = place(&seen, version);
    assert_eq!(
        (&*location.region, location.area),
        ("europe-west2", Area::Adequate)
    );
    // Two of them: which one is not said.
    let seen = terraform(&code(
        "resource \"google_app_engine_application\" \"b\" { location_id = \"europe-west9\" }",
    ));
    assert!(!matches!(seen.facts_of(version).location, Fact::Known(_)));
}

#[test]
fn a_zone_id_is_read() {
    let seen = terraform(
        r#"
provider "aws" {}
resource "aws_subnet" "s" { availability_zone_id = "euc2-az1" }
resource "aws_subnet" "odd" { availability_zone_id = "mars1-az1" }
"#,
    );
    assert_eq!(place(&seen, "aws_subnet.s").countries.join(","), "CH");
    assert!(unknown_place(&seen, "aws_subnet.odd").contains("no known region"));
}
