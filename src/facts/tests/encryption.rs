//! Encryption at rest.

use super::{manifests, reason, terraform};
use crate::facts::{Answer, Fact, KeyHolder};

#[test]
fn a_key_known_only_after_apply_is_the_key_it_refers_to() {
    let seen = terraform(
        r#"
        provider "aws" { region = "eu-west-3" }
        resource "aws_kms_key" "k" { enable_key_rotation = true }
        resource "aws_kms_alias" "a" {
          name          = "alias/records"
          target_key_id = aws_kms_key.k.key_id
        }
        resource "aws_ebs_volume" "v" {
          availability_zone = "eu-west-3a"
          encrypted         = true
          kms_key_id        = aws_kms_alias.a.target_key_arn
        }
        resource "aws_sqs_queue" "q" { kms_master_key_id = "alias/records" }
        "#,
    );
    for address in ["aws_ebs_volume.v", "aws_sqs_queue.q"] {
        let found = seen.whole(address);
        assert_eq!(
            (found.at_rest, found.holder),
            (Answer::Yes, KeyHolder::Customer),
            "{address}"
        );
        assert_eq!(
            found.key,
            Some(seen.resource("aws_kms_key.k").id),
            "{address}"
        );
        assert_eq!((found.rotates, found.erasable), (Some(true), Some(true)));
        assert_eq!(
            &*found.key_location.known().expect("a place").region,
            "eu-west-3"
        );
    }
}

#[test]
fn the_account_decides_what_nothing_else_says() {
    let volume = r#"
        provider "aws" { region = "eu-west-3" }
        resource "aws_ebs_volume" "v" { availability_zone = "eu-west-3a" }
        "#;
    assert_eq!(
        terraform(volume).whole("aws_ebs_volume.v").at_rest,
        Answer::No
    );
    let switched = format!(
        "{volume}
        resource \"aws_kms_key\" \"k\" {{ }}
        resource \"aws_ebs_encryption_by_default\" \"on\" {{ enabled = true }}
        resource \"aws_ebs_default_kms_key\" \"k\" {{ key_arn = aws_kms_key.k.arn }}"
    );
    let seen = terraform(&switched);
    let found = seen.whole("aws_ebs_volume.v");
    assert_eq!(
        (found.at_rest, found.holder),
        (Answer::Yes, KeyHolder::Customer)
    );
    assert_eq!(found.key, Some(seen.resource("aws_kms_key.k").id));
}

#[test]
fn a_key_without_its_switch_encrypts_nothing() {
    let seen = terraform(
        r#"
        resource "aws_kms_key" "k" {}
        resource "aws_db_instance" "off" { kms_key_id = aws_kms_key.k.arn }
        resource "aws_db_instance" "on" {
          storage_encrypted = true
          kms_key_id        = aws_kms_key.k.arn
        }
        resource "aws_db_instance" "theirs" { storage_encrypted = true }
        "#,
    );
    assert_eq!(seen.whole("aws_db_instance.off").at_rest, Answer::No);
    assert_eq!(seen.whole("aws_db_instance.on").holder, KeyHolder::Customer);
    let theirs = seen.whole("aws_db_instance.theirs");
    assert_eq!(
        (theirs.at_rest, theirs.holder, theirs.erasable),
        (Answer::Yes, KeyHolder::Provider, Some(false))
    );
}

#[test]
fn the_providers_own_key_is_not_the_customers() {
    let seen = terraform(
        r#"
        data "aws_kms_alias" "theirs" { name = "alias/aws/sqs" }
        resource "aws_sqs_queue" "literal" { kms_master_key_id = "alias/aws/sqs" }
        resource "aws_sqs_queue" "read" { kms_master_key_id = data.aws_kms_alias.theirs.target_key_arn }
        resource "aws_s3_bucket" "b" {}
        resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
          bucket = aws_s3_bucket.b.id
          rule {
            apply_server_side_encryption_by_default { sse_algorithm = "aws:kms" }
          }
        }
        "#,
    );
    for address in [
        "aws_sqs_queue.literal",
        "aws_sqs_queue.read",
        "aws_s3_bucket.b",
    ] {
        let found = seen.whole(address);
        assert_eq!(
            (found.at_rest, found.holder),
            (Answer::Yes, KeyHolder::Provider),
            "{address}"
        );
    }
}

#[test]
fn an_unset_variable_is_a_gap() {
    let seen = terraform(
        r#"
        variable "key" { type = string }
        resource "aws_sqs_queue" "q" { kms_master_key_id = var.key }
        "#,
    );
    assert!(reason(seen.encryption("aws_sqs_queue.q")).contains("variable \"key\" has no value"));
}

#[test]
fn a_literal_key_shows_its_region() {
    let seen = terraform(
        r#"
        provider "aws" { region = "eu-west-3" }
        resource "aws_sqs_queue" "q" { kms_master_key_id = "arn:aws:kms:us-east-1:111122223333:key/abc" }
        "#,
    );
    let found = seen.whole("aws_sqs_queue.q");
    assert_eq!(
        found.key_name.as_deref(),
        Some("arn:aws:kms:us-east-1:111122223333:key/abc")
    );
    assert_eq!(
        &*found.key_location.known().expect("a place").region,
        "us-east-1"
    );
}

#[test]
fn each_volume_of_a_machine_is_a_part() {
    let seen = terraform(
        r#"
        resource "aws_kms_key" "k" {}
        resource "aws_instance" "m" {
          root_block_device {
            encrypted  = true
            kms_key_id = aws_kms_key.k.arn
          }
          ebs_block_device {
            device_name = "/dev/sdf"
            encrypted   = false
          }
        }
        "#,
    );
    let parts = seen.encryption("aws_instance.m").known().expect("parts");
    let shown: Vec<_> = parts
        .iter()
        .map(|part| (&*part.part, part.at_rest, part.holder))
        .collect();
    assert!(
        shown.contains(&("root_block_device", Answer::Yes, KeyHolder::Customer)),
        "{shown:?}"
    );
    assert!(
        shown.contains(&("ebs_block_device", Answer::No, KeyHolder::Provider)),
        "{shown:?}"
    );
}

#[test]
fn a_wrapper_leads_to_the_key_and_the_key_to_its_vault() {
    let seen = terraform(
        r#"
        resource "azurerm_key_vault" "v" {
          name     = "v"
          location = "France Central"
        }
        resource "azurerm_key_vault_key" "k" {
          key_vault_id = azurerm_key_vault.v.id
          lifecycle { prevent_destroy = true }
        }
        resource "azurerm_disk_encryption_set" "s" {
          location         = "France Central"
          key_vault_key_id = azurerm_key_vault_key.k.id
        }
        resource "azurerm_managed_disk" "d" {
          location               = "France Central"
          disk_encryption_set_id = azurerm_disk_encryption_set.s.id
        }
        "#,
    );
    let found = seen.whole("azurerm_managed_disk.d");
    assert_eq!(found.key, Some(seen.resource("azurerm_key_vault_key.k").id));
    assert_eq!((found.rotates, found.erasable), (Some(false), Some(false)));
    assert_eq!(
        &*found.key_location.known().expect("a place").region,
        "francecentral"
    );
}

#[test]
fn wrappers_that_name_each_other_end() {
    let seen = terraform(
        r#"
        resource "aws_kms_alias" "a" {
          name          = "alias/a"
          target_key_id = "alias/b"
        }
        resource "aws_kms_alias" "b" {
          name          = "alias/b"
          target_key_id = "alias/a"
        }
        resource "aws_sqs_queue" "q" { kms_master_key_id = "alias/a" }
        "#,
    );
    assert!(seen.whole("aws_sqs_queue.q").key.is_some());
}

#[test]
fn what_belongs_to_something_is_encrypted_as_that() {
    let seen = terraform(
        r#"
        resource "aws_kms_key" "k" {}
        resource "aws_ebs_volume" "v" {
          availability_zone = "eu-west-3a"
          encrypted         = true
          kms_key_id        = aws_kms_key.k.arn
        }
        resource "aws_ebs_snapshot" "s" { volume_id = aws_ebs_volume.v.id }
        resource "aws_ebs_snapshot" "elsewhere" { volume_id = "vol-1" }
        "#,
    );
    assert_eq!(
        seen.whole("aws_ebs_snapshot.s").key,
        Some(seen.resource("aws_kms_key.k").id)
    );
    assert!(reason(seen.encryption("aws_ebs_snapshot.elsewhere")).contains("`volume_id`"));
}

#[test]
fn no_argument_for_a_key_is_no_choice_of_the_customer() {
    let seen = terraform(r#"resource "outscale_volume" "v" { subregion_name = "eu-west-2a" }"#);
    let found = seen.whole("outscale_volume.v");
    assert_eq!(
        (found.at_rest, found.holder),
        (Answer::Unknown, KeyHolder::Impossible)
    );
}

#[test]
fn configuration_is_not_asked() {
    let seen = terraform(r#"resource "aws_iam_role" "r" { assume_role_policy = "{}" }"#);
    assert_eq!(*seen.encryption("aws_iam_role.r"), Fact::Absent);
}

#[test]
fn a_claim_is_encrypted_as_its_class_asks() {
    let text = |parameters: &str| {
        format!(
            r"
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {{ name: fast }}
provisioner: ebs.csi.aws.com
parameters: {{ {parameters} }}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{ name: data, namespace: prod }}
spec: {{ storageClassName: fast }}
"
        )
    };
    let claim = "v1/PersistentVolumeClaim prod/data";
    // This driver matches the names of its parameters whatever their case.
    let keyed = manifests(&text(
        "Encrypted: 'true', kmskeyid: 'arn:aws:kms:eu-west-3:1:key/a'",
    ));
    let found = keyed.whole(claim);
    assert_eq!(
        (found.at_rest, found.holder),
        (Answer::Yes, KeyHolder::Customer)
    );
    assert_eq!(
        &*found.key_location.known().expect("a place").region,
        "eu-west-3"
    );
    let theirs = manifests(&text("encrypted: 'true'"));
    assert_eq!(theirs.whole(claim).holder, KeyHolder::Provider);
    let clear = manifests(&text("type: gp3"));
    assert_eq!(clear.whole(claim).at_rest, Answer::No);
    let nothing = manifests(
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data, namespace: prod }\n",
    );
    assert!(reason(nothing.encryption(claim)).contains("no storage class"));
}
