//! What is said of a visa: why it does not cover a use, and how far an application is.

use super::{Seen, terraform};
use crate::facts::{Beyond, Fact, Hosting, VisaScope, VisaState};

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
    outscale    = { source = "outscale/outscale" }
    cloudtemple = { source = "Cloud-Temple/cloudtemple" }
  }
}
provider "outscale" {
  api { region = "cloudgouv-eu-west-1" }
}
resource "outscale_volume" "v" { subregion_name = "cloudgouv-eu-west-1a" }
resource "outscale_oks_cluster" "c" { cp_subregions = ["cloudgouv-eu-west-1a"] }
resource "outscale_oks_cluster" "open" {}
resource "cloudtemple_object_storage_bucket" "b" { name = "b" }
"#,
    );
    let about = |address: &str| {
        let labels = evidence(&seen, address).into_iter();
        let about = labels.filter(|label| label.contains("the visa covers"));
        about.collect::<Vec<_>>()
    };
    assert_eq!(about("outscale_volume.v"), [""; 0]);
    let covered = &host(&seen, "outscale_volume.v").visa_places;
    assert_eq!(covered.join(" "), "cloudgouv-eu-west-1");
    for cluster in ["outscale_oks_cluster.c", "outscale_oks_cluster.open"] {
        assert_eq!(host(&seen, cluster).scope, VisaScope::Outside);
        assert_eq!(host(&seen, cluster).outside_by, Some(Beyond::Model));
        assert_eq!(
            about(cluster),
            ["the visa covers IaaS, and not outscale_oks_cluster"]
        );
        let first = evidence(&seen, cluster)[0];
        assert!(!first.contains("cp_subregions"), "{first}");
    }
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
    assert_eq!(bleu.milestone.as_deref(), Some("J1"));
    assert_eq!(bleu.milestone_on.as_deref(), Some("2025-11-17"));
}
