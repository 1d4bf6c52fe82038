//! What is said of a visa: why it does not cover a use, and how far an application is.

use super::{Seen, terraform};
use crate::facts::{Fact, Hosting, VisaScope, VisaState};

fn host<'s>(seen: &'s Seen, address: &str) -> &'s Hosting {
    match &seen.facts_of(address).hosting {
        Fact::Known(hosting) => hosting,
        other => panic!("{address}: {other:?}"),
    }
}

fn evidence<'s>(seen: &'s Seen, address: &str) -> Vec<&'s str> {
    let all = host(seen, address).basis.evidence.iter();
    all.filter_map(|id| seen.facts.evidence(*id))
        .map(|one| &*one.label.en)
        .collect()
}

#[test]
fn why_a_visa_does_not_cover_a_use_is_part_of_the_evidence() {
    let seen = terraform(
        r#"
terraform {
  required_providers {
    openstack   = { source = "terraform-provider-openstack/openstack" }
    outscale    = { source = "outscale/outscale" }
    cloudtemple = { source = "Cloud-Temple/cloudtemple" }
  }
}
provider "openstack" {
  auth_url = "https://auth.cloud.snc.ovh.net/v3"
  region   = "eu-west-rbx-snc"
}
provider "outscale" {
  api { region = "cloudgouv-eu-west-1" }
}
resource "openstack_blockstorage_volume_v3" "inside" { size = 1 }
resource "openstack_blockstorage_volume_v3" "outside" {
  size   = 1
  region = "GRA11"
}
resource "openstack_blockstorage_volume_v3" "open" {
  size   = 1
  region = var.region
}
variable "region" {}
resource "outscale_oks_cluster" "c" { cp_subregions = ["cloudgouv-eu-west-1a"] }
resource "cloudtemple_object_storage_bucket" "b" { name = "b" }
"#,
    );
    let about = |address: &str| {
        let labels = evidence(&seen, address);
        let about = labels.iter().filter(|label| {
            label.starts_with("the visa covers") || label.contains("that the visa covers")
        });
        about.map(|label| (*label).to_owned()).collect::<Vec<_>>()
    };
    let regions = "the visa covers eu-west-rbx-snc, eu-west-gra-snc, eu-west-sbg-snc only";
    let volume = |name: &str| format!("openstack_blockstorage_volume_v3.{name}");
    assert_eq!(about(&volume("inside")), [""; 0]);
    assert_eq!(about(&volume("outside")), [regions]);
    assert_eq!(about(&volume("open")), [regions]);
    // The line that names the other place proves it, and comes first.
    assert_eq!(
        evidence(&seen, &volume("outside"))[0],
        "`region` of the resource"
    );
    let cluster = host(&seen, "outscale_oks_cluster.c");
    assert_eq!(cluster.scope, VisaScope::Outside);
    assert_eq!(
        about("outscale_oks_cluster.c"),
        ["the visa covers IaaS, and not outscale_oks_cluster"]
    );
    let first = evidence(&seen, "outscale_oks_cluster.c")[0];
    assert!(!first.contains("cp_subregions"), "{first}");
    assert_eq!(
        about("cloudtemple_object_storage_bucket.b"),
        ["no region or site that the visa covers is recorded"]
    );
}

#[test]
fn a_milestone_comes_with_its_day_where_the_registry_has_one() {
    let seen = terraform(
        r#"
provider "azurerm" {
  features {}
  metadata_host = "management.sovcloud-api.fr"
}
resource "azurerm_storage_account" "a" {
  name     = "a"
  location = "bleufrancecentral"
}
"#,
    );
    let bleu = host(&seen, "azurerm_storage_account.a");
    assert_eq!(bleu.visa, VisaState::Candidate);
    assert_eq!(bleu.milestone.as_deref(), Some("J1 (2025-11-17)"));
}
