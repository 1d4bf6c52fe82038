//! What lies elsewhere than the thing that names it: storage of backups, and what delivers everywhere.

use super::{Seen, manifests, reason, terraform};
use crate::catalog::{Area, Class};
use crate::facts::Fact;
use crate::graph::RelationKind;

fn area(seen: &Seen, address: &str) -> Area {
    match &seen.facts_of(address).location {
        Fact::Known(location) => location.area,
        other => panic!("{address}: {other:?}"),
    }
}

/// A storage location of backups beside nodes in France, with these lines of configuration.
fn storage(provider: &str, config: &str) -> Seen {
    manifests(&format!(
        r#"
apiVersion: v1
kind: Node
metadata:
  name: n
  labels:
    topology.kubernetes.io/region: eu-west-3
spec:
  providerID: aws:///eu-west-3a/i-0123456789abcdef0
---
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata:
  name: b
spec:
  provider: {provider}
  objectStorage:
    bucket: backups
{config}"#
    ))
}

const STORAGE: &str = "velero.io/v1/BackupStorageLocation b";

#[test]
fn backups_lie_where_their_storage_is_named_and_not_in_the_cluster() {
    for provider in ["aws", "velero.io/aws"] {
        let seen = storage(provider, "  config:\n    region: us-east-1\n");
        assert_eq!(area(&seen, STORAGE), Area::Adequate, "{provider}");
    }
    // The host wins over a region, which means nothing there.
    let config = "  config:\n    region: us-east-1\n    s3Url: https://s3.fr-par.scw.cloud\n";
    assert_eq!(area(&storage("aws", config), STORAGE), Area::Eu);
}

#[test]
fn storage_that_is_not_placed_is_open() {
    let own = storage(
        "aws",
        "  config:\n    region: x\n    s3Url: https://backups.hopital.example\n",
    );
    assert!(reason(&own.facts_of(STORAGE).location).contains("backups.hopital.example"));
    let silent = storage("gcp", "");
    assert!(reason(&silent.facts_of(STORAGE).location).contains("neither the region nor the host"));
    let strange = storage("example.org/plugin", "  config:\n    region: eu-west-3\n");
    assert!(matches!(
        strange.facts_of(STORAGE).location,
        Fact::Unknown(_)
    ));
}

#[test]
fn what_delivers_everywhere_is_not_where_its_origin_or_its_description_is() {
    let seen = terraform(
        r#"
resource "digitalocean_spaces_bucket" "b" {
  name   = "b"
  region = "fra1"
}
resource "digitalocean_cdn" "c" { origin = digitalocean_spaces_bucket.b.bucket_domain_name }
resource "azurerm_cdn_profile" "p" {
  name     = "p"
  location = "westeurope"
}
resource "azurerm_cdn_endpoint" "e" {
  name         = "e"
  profile_name = azurerm_cdn_profile.p.name
  location     = "westeurope"
}
"#,
    );
    for address in [
        "digitalocean_cdn.c",
        "azurerm_cdn_profile.p",
        "azurerm_cdn_endpoint.e",
    ] {
        assert_eq!(area(&seen, address), Area::Worldwide, "{address}");
    }
}

#[test]
fn a_front_door_is_one_thing_with_its_endpoints() {
    let seen = terraform(
        r#"
resource "azurerm_cdn_frontdoor_profile" "p" { name = "p" }
resource "azurerm_cdn_frontdoor_endpoint" "e" {
  name                     = "e"
  cdn_frontdoor_profile_id = azurerm_cdn_frontdoor_profile.p.id
}
resource "azurerm_cdn_frontdoor_origin_group" "g" {
  name                     = "g"
  cdn_frontdoor_profile_id = azurerm_cdn_frontdoor_profile.p.id
}
resource "aws_cloudfront_function" "f" { name = "f" }
"#,
    );
    assert_eq!(
        seen.related("azurerm_cdn_frontdoor_endpoint.e", RelationKind::PartOf),
        ["azurerm_cdn_frontdoor_profile.p"]
    );
    // Settings of a front door are none themselves.
    for address in [
        "azurerm_cdn_frontdoor_origin_group.g",
        "aws_cloudfront_function.f",
    ] {
        assert!(
            !seen.resource(address).classes.contains(Class::Edge),
            "{address}"
        );
    }
}

#[test]
fn several_places_that_nobody_listed_are_open_and_no_service_without_a_region() {
    let seen = terraform(
        r#"
resource "ibm_cos_bucket" "open" { cross_region_location = "eu" }
resource "google_storage_bucket" "open" { location = "ASIA" }
resource "ibm_resource_instance" "everywhere" { location = "global" }
"#,
    );
    for address in ["ibm_cos_bucket.open", "google_storage_bucket.open"] {
        let reason = reason(&seen.facts_of(address).location);
        assert!(reason.contains("not established"), "{address}: {reason}");
    }
    assert_eq!(
        area(&seen, "ibm_resource_instance.everywhere"),
        Area::Worldwide
    );
}
