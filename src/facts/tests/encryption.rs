//! Encryption at rest.

use super::{manifests, reason, terraform};
use crate::catalog::Certainty;
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
fn what_is_delivered_is_encrypted_as_its_bucket() {
    let seen = terraform(
        r#"
        provider "aws" { region = "eu-west-3" }
        resource "aws_kms_key" "k" { }
        resource "aws_kinesis_firehose_delivery_stream" "bare" {
          extended_s3_configuration { bucket_arn = "arn:aws:s3:::records" }
        }
        resource "aws_kinesis_firehose_delivery_stream" "keyed" {
          server_side_encryption { enabled = true }
          extended_s3_configuration {
            bucket_arn  = "arn:aws:s3:::records"
            kms_key_arn = aws_kms_key.k.arn
          }
        }
        "#,
    );
    let parts = |address: &str| {
        let found = seen.encryption(address).known().expect("known");
        let told = found.iter();
        told.map(|part| (part.part.to_string(), part.at_rest, part.holder))
            .collect::<Vec<_>>()
    };
    let name = "aws_kinesis_firehose_delivery_stream";
    assert_eq!(
        parts(&format!("{name}.bare")),
        [(String::new(), Answer::No, KeyHolder::Provider)]
    );
    assert_eq!(
        parts(&format!("{name}.keyed")),
        [
            (String::new(), Answer::Yes, KeyHolder::Provider),
            (
                "extended_s3_configuration.kms_key_arn".to_owned(),
                Answer::Yes,
                KeyHolder::Customer
            ),
        ]
    );
}

#[test]
fn defaults_are_said_in_words_and_gaps_name_what_is_written() {
    let seen = terraform(
        r#"
        provider "aws" { region = "eu-west-3" }
        resource "aws_sns_topic" "t" { name = "t" }
        resource "aws_ami_copy" "c" {
          name              = "c"
          source_ami_id     = "ami-0123456789abcdef0"
          source_ami_region = "eu-west-3"
        }
        resource "aws_ami_copy" "bare" { name = "bare" }
        "#,
    );
    let topic = seen.whole("aws_sns_topic.t");
    assert_eq!(
        (topic.at_rest, topic.holder),
        (Answer::Yes, KeyHolder::Provider)
    );
    let shown = topic.basis.evidence.iter();
    let shown: Vec<&str> = shown
        .filter_map(|id| Some(&*seen.facts.evidence(*id)?.label.en))
        .collect();
    let said = "encrypted with a key of the provider that no client sees";
    assert!(shown.iter().any(|label| label.contains(said)), "{shown:?}");
    for address in ["aws_ami_copy.c", "aws_ami_copy.bare"] {
        let reason = reason(seen.encryption(address));
        assert!(reason.contains("`source_ami_id`"), "{reason}");
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

const KEYS: &str = r#"
    provider "aws" { region = "eu-west-3" }
    variable "choose" {}
    variable "none" { default = null }
    resource "aws_kms_key" "a" {}
    resource "aws_kms_key" "b" {}
    resource "aws_kms_key" "maybe" { count = 1 }
    resource "aws_kms_key" "each" { for_each = toset(["x", "y"]) }
    resource "aws_kms_alias" "a" {
      name          = "alias/records"
      target_key_id = aws_kms_key.a.key_id
    }
    data "aws_kms_alias" "a" { name = "alias/records" }
    data "aws_kms_key" "a" { key_id = aws_kms_key.a.key_id }
    data "aws_kms_key" "elsewhere" { key_id = "alias/elsewhere" }
    "#;

/// A queue with a key given by an expression.
fn keyed(expression: &str) -> super::Seen {
    terraform(&format!(
        "{KEYS}\nresource \"aws_sqs_queue\" \"q\" {{ kms_master_key_id = {expression} }}"
    ))
}

#[test]
fn the_key_is_found_by_every_way_of_naming_it() {
    for (expression, key) in [
        ("one(aws_kms_key.maybe[*].arn)", "aws_kms_key.maybe[0]"),
        (
            "try(aws_kms_key.maybe[0].arn, null)",
            "aws_kms_key.maybe[0]",
        ),
        (
            "join(\"\", aws_kms_key.maybe.*.arn)",
            "aws_kms_key.maybe[0]",
        ),
        (
            "element(concat(aws_kms_key.maybe.*.arn, [\"\"]), 0)",
            "aws_kms_key.maybe[0]",
        ),
        ("aws_kms_key.each[\"y\"].arn", "aws_kms_key.each[\"y\"]"),
        ("coalesce(var.none, aws_kms_key.b.arn)", "aws_kms_key.b"),
        (
            "var.none == null ? aws_kms_key.b.arn : var.none",
            "aws_kms_key.b",
        ),
        (
            "lookup({ x = aws_kms_key.b.arn }, \"x\", null)",
            "aws_kms_key.b",
        ),
        (
            "\"arn:aws:kms:eu-west-3:1:key/${aws_kms_key.b.key_id}\"",
            "aws_kms_key.b",
        ),
        ("aws_kms_alias.a.name", "aws_kms_key.a"),
        ("aws_kms_alias.a.target_key_arn", "aws_kms_key.a"),
        ("data.aws_kms_alias.a.target_key_arn", "aws_kms_key.a"),
        ("data.aws_kms_key.a.arn", "aws_kms_key.a"),
        ("\"alias/records\"", "aws_kms_key.a"),
        (
            "\"arn:aws:kms:eu-west-3:111122223333:alias/records\"",
            "aws_kms_key.a",
        ),
        (
            "data.aws_kms_key.elsewhere.arn",
            "data.aws_kms_key.elsewhere",
        ),
    ] {
        let seen = keyed(expression);
        let found = seen.whole("aws_sqs_queue.q");
        assert_eq!(found.holder, KeyHolder::Customer, "{expression}");
        assert_eq!(found.key, Some(seen.resource(key).id), "{expression}");
    }
}

#[test]
fn a_key_that_may_be_another_or_none_is_not_guessed() {
    for (expression, named) in [
        (
            "var.choose ? aws_kms_key.a.arn : aws_kms_key.b.arn",
            "aws_kms_key.a or aws_kms_key.b",
        ),
        (
            "var.choose ? aws_kms_key.a.arn : null",
            "aws_kms_key.a or nothing",
        ),
        (
            "aws_kms_key.each[var.choose].arn",
            "aws_kms_key.each[\"x\"] or aws_kms_key.each[\"y\"]",
        ),
    ] {
        let seen = keyed(expression);
        let why = reason(seen.encryption("aws_sqs_queue.q"));
        assert!(why.contains(named), "{expression}: {why}");
    }
}

#[test]
fn a_name_without_a_region_means_the_region_of_the_service() {
    let seen = keyed("\"alias/undeclared\"");
    let found = seen.whole("aws_sqs_queue.q");
    let place = found.key_location.known().expect("a place");
    assert_eq!(
        (&*place.region, place.basis.certainty),
        ("eu-west-3", Certainty::Probable)
    );
    let far = keyed("\"arn:aws:kms:us-east-1:111122223333:alias/records\"");
    let found = far.whole("aws_sqs_queue.q");
    assert_eq!(
        found.key, None,
        "the alias of another region is another alias"
    );
    assert_eq!(
        &*found.key_location.known().expect("a place").region,
        "us-east-1"
    );
}

#[test]
fn where_key_material_comes_from_and_how_it_dies() {
    let seen = terraform(
        r#"
        provider "aws" { region = "eu-west-3" }
        resource "aws_kms_custom_key_store" "outside" { custom_key_store_type = "EXTERNAL_KEY_STORE" }
        resource "aws_kms_custom_key_store" "module" { cloud_hsm_cluster_id = "cluster-1" }
        resource "aws_kms_key" "service" {}
        resource "aws_kms_key" "short" { deletion_window_in_days = 7 }
        resource "aws_kms_key" "module" { custom_key_store_id = aws_kms_custom_key_store.module.id }
        resource "aws_kms_key" "outside" {
          custom_key_store_id = aws_kms_custom_key_store.outside.id
          xks_key_id          = "key-1"
        }
        resource "aws_kms_key" "other" { custom_key_store_id = "cks-1" }
        resource "aws_kms_external_key" "brought" {}
        resource "aws_kms_key" "main" {
          multi_region        = true
          enable_key_rotation = true
        }
        resource "aws_kms_replica_key" "copy" { primary_key_arn = aws_kms_key.main.arn }
        resource "aws_sqs_queue" "service" { kms_master_key_id = aws_kms_key.service.arn }
        resource "aws_sqs_queue" "short" { kms_master_key_id = aws_kms_key.short.arn }
        resource "aws_sqs_queue" "module" { kms_master_key_id = aws_kms_key.module.arn }
        resource "aws_sqs_queue" "outside" { kms_master_key_id = aws_kms_key.outside.arn }
        resource "aws_sqs_queue" "other" { kms_master_key_id = aws_kms_key.other.arn }
        resource "aws_sqs_queue" "brought" { kms_master_key_id = aws_kms_external_key.brought.arn }
        resource "aws_sqs_queue" "copy" { kms_master_key_id = aws_kms_replica_key.copy.arn }
        "#,
    );
    use crate::facts::KeyOrigin::{External, Hsm, Imported, Service};
    for (queue, origin, holder, days) in [
        ("service", Some(Service), KeyHolder::Customer, 30),
        ("short", Some(Service), KeyHolder::Customer, 7),
        ("module", Some(Hsm), KeyHolder::Customer, 30),
        ("outside", Some(External), KeyHolder::External, 30),
        ("other", None, KeyHolder::Customer, 30),
        ("brought", Some(Imported), KeyHolder::Customer, 30),
        ("copy", Some(Service), KeyHolder::Customer, 30),
    ] {
        let found = seen.whole(&format!("aws_sqs_queue.{queue}"));
        assert_eq!(
            (found.origin, found.holder, found.deletion_days),
            (origin, holder, Some(days)),
            "{queue}"
        );
    }
    assert_eq!(
        seen.whole("aws_sqs_queue.copy").rotates,
        Some(true),
        "a replica turns with its primary"
    );
}

#[test]
fn vaults_rings_and_policies_tell_what_the_key_does_not() {
    let seen = terraform(
        r#"
        resource "azurerm_key_vault" "v" {
          name                       = "v"
          location                   = "France Central"
          soft_delete_retention_days = 14
        }
        resource "azurerm_key_vault_key" "turning" {
          name         = "cmk"
          key_vault_id = azurerm_key_vault.v.id
          rotation_policy {
            expire_after = "P1Y"
            automatic { time_before_expiry = "P30D" }
          }
        }
        resource "azurerm_key_vault_key" "ending" {
          name         = "ending"
          key_vault_id = azurerm_key_vault.v.id
          rotation_policy { expire_after = "P1Y" }
        }
        resource "azurerm_storage_account" "turning" { location = "France Central" }
        resource "azurerm_storage_account_customer_managed_key" "turning" {
          storage_account_id = azurerm_storage_account.turning.id
          key_vault_id       = azurerm_key_vault.v.id
          key_name           = "cmk"
        }
        resource "azurerm_storage_account" "ending" {
          location = "France Central"
          customer_managed_key { key_vault_key_id = azurerm_key_vault_key.ending.versionless_id }
        }
        resource "google_kms_key_ring" "world" {
          name     = "r"
          location = "global"
        }
        resource "google_kms_crypto_key" "far" {
          key_ring                   = google_kms_key_ring.world.id
          rotation_period            = "7776000s"
          destroy_scheduled_duration = "86400s"
          version_template { protection_level = "EXTERNAL" }
        }
        resource "google_pubsub_topic" "far" { kms_key_name = google_kms_crypto_key.far.id }
        resource "ibm_kms_key" "k" { payload = "x" }
        resource "ibm_kms_key_policies" "k" {
          key_id = ibm_kms_key.k.key_id
          rotation { interval_month = 3 }
        }
        resource "ibm_cos_bucket" "b" { kms_key_crn = ibm_kms_key.k.crn }
        "#,
    );
    let turning = seen.whole("azurerm_storage_account.turning");
    assert_eq!(
        turning.key,
        Some(seen.resource("azurerm_key_vault_key.turning").id)
    );
    assert_eq!(
        (turning.rotates, turning.deletion_days),
        (Some(true), Some(14))
    );
    let ending = seen.whole("azurerm_storage_account.ending");
    assert_eq!(ending.rotates, Some(false), "it ends, and is not renewed");
    let far = seen.whole("google_pubsub_topic.far");
    assert_eq!(
        (far.holder, far.rotates, far.deletion_days),
        (KeyHolder::External, Some(true), Some(1))
    );
    let place = far.key_location.known().expect("a place");
    assert_eq!((&*place.region, place.countries.len()), ("global", 0));
    let brought = seen.whole("ibm_cos_bucket.b");
    assert_eq!(
        (brought.origin, brought.rotates),
        (Some(crate::facts::KeyOrigin::Imported), Some(true))
    );
}

#[test]
fn a_switch_means_what_the_type_says() {
    let seen = terraform(
        r#"
        resource "aws_kms_key" "k" {}
        resource "aws_sqs_queue" "off" { sqs_managed_sse_enabled = false }
        resource "aws_sqs_queue" "keyed" {
          sqs_managed_sse_enabled = false
          kms_master_key_id       = aws_kms_key.k.arn
        }
        resource "aws_dynamodb_table" "owned" {
          server_side_encryption { enabled = false }
        }
        resource "aws_storagegateway_nfs_file_share" "unused" {
          kms_encrypted = false
          kms_key_arn   = aws_kms_key.k.arn
        }
        resource "aws_ebs_volume" "v" {
          availability_zone = "eu-west-3a"
          encrypted         = true
        }
        resource "aws_ebs_snapshot" "s" { volume_id = aws_ebs_volume.v.id }
        resource "aws_ebs_snapshot_copy" "c" {
          source_snapshot_id = aws_ebs_snapshot.s.id
          source_region      = "eu-west-3"
          encrypted          = false
        }
        "#,
    );
    assert_eq!(seen.whole("aws_sqs_queue.off").at_rest, Answer::No);
    assert_eq!(
        seen.whole("aws_sqs_queue.keyed").holder,
        KeyHolder::Customer
    );
    let owned = seen.whole("aws_dynamodb_table.owned");
    assert_eq!(
        (owned.at_rest, owned.holder),
        (Answer::Yes, KeyHolder::Provider)
    );
    assert_eq!(
        seen.whole("aws_storagegateway_nfs_file_share.unused")
            .holder,
        KeyHolder::Provider
    );
    assert_eq!(
        seen.whole("aws_ebs_snapshot_copy.c").at_rest,
        Answer::Yes,
        "the copy of what is encrypted stays so"
    );
}

#[test]
fn side_data_has_keys_of_its_own() {
    let seen = terraform(
        r#"
        variable "later" {}
        resource "aws_kms_key" "main" {}
        resource "aws_kms_key" "measures" {}
        resource "aws_db_instance" "d" {
          storage_encrypted               = true
          kms_key_id                      = aws_kms_key.main.arn
          performance_insights_kms_key_id = aws_kms_key.measures.arn
          master_user_secret_kms_key_id   = var.later
        }
        "#,
    );
    let parts = seen.encryption("aws_db_instance.d").known().expect("parts");
    let shown: Vec<_> = parts.iter().map(|part| (&*part.part, part.key)).collect();
    let key = |name| Some(seen.resource(name).id);
    assert_eq!(
        shown,
        [
            ("", key("aws_kms_key.main")),
            (
                "performance_insights_kms_key_id",
                key("aws_kms_key.measures")
            ),
        ]
    );
}

#[test]
fn annotations_settings_and_chains_name_keys_too() {
    let seen = terraform(
        r#"
        resource "google_kms_crypto_key" "k" { key_ring = "projects/p/locations/europe-west9/keyRings/r" }
        resource "google_cloud_run_service" "keyed" {
          location = "europe-west9"
          template {
            metadata {
              annotations = { "run.googleapis.com/encryption-key" = google_kms_crypto_key.k.id }
            }
          }
        }
        resource "google_cloud_run_service" "plain" { location = "europe-west9" }
        resource "azurerm_key_vault_key" "k" { name = "k" }
        resource "azurerm_log_analytics_cluster" "c" { location = "France Central" }
        resource "azurerm_log_analytics_cluster_customer_managed_key" "c" {
          log_analytics_cluster_id = azurerm_log_analytics_cluster.c.id
          key_vault_key_id         = azurerm_key_vault_key.k.id
        }
        resource "azurerm_log_analytics_workspace" "w" { location = "France Central" }
        resource "azurerm_log_analytics_linked_service" "w" {
          workspace_id    = azurerm_log_analytics_workspace.w.id
          write_access_id = azurerm_log_analytics_cluster.c.id
        }
        resource "azurerm_log_analytics_workspace" "alone" { location = "France Central" }
        resource "aws_api_gateway_method_settings" "on" {
          settings { cache_data_encrypted = true }
        }
        resource "aws_api_gateway_method_settings" "off" {
          settings { cache_data_encrypted = false }
        }
        "#,
    );
    let key = |name| Some(seen.resource(name).id);
    let run = seen.whole("google_cloud_run_service.keyed");
    assert_eq!(run.key, key("google_kms_crypto_key.k"));
    let plain = seen.whole("google_cloud_run_service.plain");
    assert_eq!(
        (plain.at_rest, plain.holder),
        (Answer::Yes, KeyHolder::Provider)
    );
    let workspace = seen.whole("azurerm_log_analytics_workspace.w");
    assert_eq!(workspace.key, key("azurerm_key_vault_key.k"));
    let alone = seen.whole("azurerm_log_analytics_workspace.alone");
    assert_eq!(alone.holder, KeyHolder::Provider);
    for (name, at_rest) in [("on", Answer::Yes), ("off", Answer::No)] {
        let found = seen.whole(&format!("aws_api_gateway_method_settings.{name}"));
        assert_eq!(
            (found.at_rest, found.holder),
            (at_rest, KeyHolder::Impossible),
            "{name}"
        );
    }
}

/// A key beside a switch: it counts only where the switch is known to turn it on.
#[test]
fn a_key_that_the_switch_does_not_use_is_not_believed() {
    let seen = terraform(
        r#"
        provider "aws" { region = "eu-west-3" }
        variable "e" { type = bool }
        resource "aws_kms_key" "k" {}
        resource "aws_db_instance" "unknown" {
          storage_encrypted = var.e
          kms_key_id        = aws_kms_key.k.arn
        }
        resource "aws_dynamodb_table" "off" {
          name = "t"
          server_side_encryption {
            enabled     = false
            kms_key_arn = aws_kms_key.k.arn
          }
        }
        resource "aws_ebs_volume" "off" {
          availability_zone = "eu-west-3a"
          encrypted         = false
          kms_key_id        = aws_kms_key.k.arn
        }
        resource "aws_s3_bucket" "aes" { bucket = "b" }
        resource "aws_s3_bucket_server_side_encryption_configuration" "aes" {
          bucket = aws_s3_bucket.aes.id
          rule {
            apply_server_side_encryption_by_default {
              sse_algorithm     = "AES256"
              kms_master_key_id = aws_kms_key.k.arn
            }
          }
        }
        "#,
    );
    for address in [
        "aws_db_instance.unknown",
        "aws_dynamodb_table.off",
        "aws_ebs_volume.off",
    ] {
        let found = &seen.facts_of(address).encryption;
        let customer = found
            .known()
            .is_some_and(|parts| parts.iter().any(|part| part.holder == KeyHolder::Customer));
        assert!(!customer, "{address}: {found:?}");
    }
    assert!(matches!(
        seen.facts_of("aws_db_instance.unknown").encryption,
        Fact::Unknown(_)
    ));
    let bucket = seen.whole("aws_s3_bucket.aes");
    assert_eq!(
        (bucket.at_rest, bucket.holder, bucket.key),
        (Answer::Yes, KeyHolder::Provider, None)
    );
}
