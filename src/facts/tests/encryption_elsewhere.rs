//! Encryption that is decided elsewhere: by what something was made from, by the vault of a key, before the manifests.

use super::{manifests, reason, terraform};
use crate::facts::{Answer, Fact, KeyHolder};

#[test]
fn what_is_made_from_something_encrypted_is_encrypted_as_that_is() {
    let code = |switch: &str| {
        format!(
            r#"
            provider "aws" {{ region = "eu-west-3" }}
            resource "aws_kms_key" "k" {{ }}
            resource "aws_db_instance" "primary" {{
              identifier        = "p"
              storage_encrypted = {switch}
              kms_key_id        = {key}
            }}
            resource "aws_db_instance" "replica" {{
              replicate_source_db = aws_db_instance.primary.identifier
            }}
            resource "aws_db_snapshot" "s" {{
              db_instance_identifier = aws_db_instance.primary.identifier
              db_snapshot_identifier = "s"
            }}
            resource "aws_db_instance" "restored" {{
              snapshot_identifier = aws_db_snapshot.s.db_snapshot_identifier
            }}
            "#,
            key = if switch == "true" {
                "aws_kms_key.k.arn"
            } else {
                "null"
            },
        )
    };
    let seen = terraform(&code("true"));
    for address in ["aws_db_instance.replica", "aws_db_instance.restored"] {
        let found = seen.whole(address);
        assert_eq!(
            (found.at_rest, found.holder),
            (Answer::Yes, KeyHolder::Customer),
            "{address}"
        );
        assert_eq!(found.key, Some(seen.resource("aws_kms_key.k").id));
    }
    let seen = terraform(&code("false"));
    for address in ["aws_db_instance.replica", "aws_db_instance.restored"] {
        assert_eq!(seen.whole(address).at_rest, Answer::No, "{address}");
    }
    let elsewhere = terraform(
        r#"
        provider "aws" { region = "eu-west-3" }
        resource "aws_ebs_volume" "v" {
          availability_zone = "eu-west-3a"
          snapshot_id       = "snap-0123456789abcdef0"
        }
        "#,
    );
    assert!(reason(elsewhere.encryption("aws_ebs_volume.v")).contains("`snapshot_id`"));
}

#[test]
fn a_bare_name_is_a_key_of_one_vault_only() {
    let account = |name: &str, vault: &str| {
        format!(
            r#"
            resource "azurerm_storage_account" "{name}" {{ name = "{name}" }}
            resource "azurerm_storage_account_customer_managed_key" "{name}" {{
              storage_account_id = azurerm_storage_account.{name}.id
              key_vault_id       = {vault}
              key_name           = "cmk"
            }}
            "#
        )
    };
    let seen = terraform(&format!(
        r#"resource "azurerm_key_vault" "c" {{ location = "francecentral" }} {} {} {}"#,
        account("a", "\"/subscriptions/s/vaults/one\""),
        account("b", "\"/subscriptions/s/vaults/two\""),
        account("c", "azurerm_key_vault.c.id"),
    ));
    let named = |name: &str| {
        let found = seen.whole(&format!("azurerm_storage_account.{name}"));
        found.key_name.as_deref().map(str::to_owned)
    };
    assert_eq!(
        named("a").as_deref(),
        Some("/subscriptions/s/vaults/one/cmk")
    );
    assert_eq!(
        named("b").as_deref(),
        Some("/subscriptions/s/vaults/two/cmk")
    );
    assert_eq!(named("c").as_deref(), Some("azurerm_key_vault.c/cmk"));
}

#[test]
fn a_key_that_is_read_by_its_name_in_a_ring_is_the_key_of_the_code() {
    let seen = terraform(
        r#"
        resource "google_kms_key_ring" "r" {
          name     = "r"
          location = "europe-west9"
        }
        resource "google_kms_crypto_key" "k" {
          name     = "records"
          key_ring = google_kms_key_ring.r.id
        }
        data "google_kms_crypto_key" "read" {
          name     = "records"
          key_ring = google_kms_key_ring.r.id
        }
        resource "google_storage_bucket" "b" {
          location = "europe-west9"
          encryption { default_kms_key_name = data.google_kms_crypto_key.read.id }
        }
        "#,
    );
    assert_eq!(
        seen.whole("google_storage_bucket.b").key,
        Some(seen.resource("google_kms_crypto_key.k").id)
    );
}

#[test]
fn a_volume_that_was_made_before_is_told_by_nobody_here() {
    let seen = manifests(
        r#"
apiVersion: v1
kind: PersistentVolume
metadata: {name: free}
spec: {csi: {driver: ebs.csi.aws.com, volumeHandle: vol-1}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: bound}
spec: {csi: {driver: ebs.csi.aws.com, volumeHandle: vol-2}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim, namespace: d}
spec: {storageClassName: "", volumeName: bound}
"#,
    );
    for address in [
        "v1/PersistentVolume free",
        "v1/PersistentVolumeClaim d/claim",
    ] {
        assert!(reason(seen.encryption(address)).contains("where the volume was made"));
    }
    assert_eq!(
        *seen.encryption("v1/PersistentVolume bound"),
        Fact::Absent,
        "judged at the claim"
    );
}
