//! `gardefou.toml`, the baseline and the lock: whatever they say, the scan that they are for can be run.

use std::collections::BTreeSet;

use gardefou::problem::Weight;
use gardefou::scan::{ConfigChoice, Request, Scan};

use crate::folder::{files, folder, request, scan};
use crate::report::read_back_one;

/// Something of each kind that a configuration speaks of.
const CODE: &str = r#"provider "aws" {
  region = "us-east-1"
}
resource "aws_s3_bucket" "a" {
  for_each = toset(["chu-x", "chu-y"])
  bucket   = each.key
  tags     = { data-classification = "health", tenant = each.key }
}
resource "aws_db_instance" "legacy" {
  storage_encrypted = false # gardefou: ignore[encryption/not-encrypted] to be moved until=2026-12-31
}
variable "place" {}
resource "vsphere_virtual_machine" "v" {
  name = var.place
}
"#;
const MANIFEST: &str = "apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: dossiers
  namespace: dossier-a
  labels: { data-classification: health, tenant: chu-x }
";

/// Scans a small estate with this configuration.
pub fn config(text: &str) {
    // Facts of users live as long as the program: a run of millions would fill the memory.
    if text.contains("catalog") {
        return;
    }
    let own = [("code/main.tf", CODE), ("code/k.yaml", MANIFEST)];
    let request = request(folder(own.into_iter().chain(files(text, "gardefou.toml"))));
    let with = scan(&request);
    if text.len() % 4 == 0 {
        let again = scan(&request);
        assert_eq!(
            format!("{:?} {:?}", with.problems, with.findings),
            format!("{:?} {:?}", again.problems, again.findings)
        );
        read_back_one(&with, text.len() / 4);
    }
    let said = &with.settings.config;
    let changes_what_is_found = said.organisation.actor.is_some()
        || said.organisation.role.is_some()
        || !said.organisation.frameworks.is_empty()
        || said.classification.assume.is_some()
        || !said.classification.keys.is_empty()
        || !said.classification.assign.is_empty()
        || said.tenancy.multi_tenant.is_some()
        || !said.tenancy.keys.is_empty()
        || !said.targets.is_empty()
        || !said.attestations.is_empty()
        || !said.rules.is_empty()
        || !said.policies.is_empty();
    let unread = with.problems.iter().any(|one| one.weight == Weight::Error);
    if changes_what_is_found || unread {
        return;
    }
    // What is accepted is listed.
    let without = scan(&Request {
        config: ConfigChoice::Without,
        ..request
    });
    let (with, without) = (found(&with), found(&without));
    assert_eq!(with, without);
}

/// Rule and address of what is found on resources.
fn found(scan: &Scan) -> BTreeSet<(&str, &str)> {
    let on = scan.findings.iter().filter(|one| one.on.is_some());
    on.map(|one| (&*one.rule, &*one.address)).collect()
}
