//! Relations, as far as encryption and copies rest on them.

use super::{manifests, terraform};
use crate::graph::RelationKind::{
    AttachedTo, BacksUpTo, EncryptsWith, PartOf, ReplicatesTo, RunsOn,
};

#[test]
fn a_companion_completes_the_store_it_names_by_reference_or_by_name() {
    let seen = terraform(
        r#"
        resource "aws_kms_key" "k" {}
        resource "aws_s3_bucket" "a" {}
        resource "aws_s3_bucket" "b" { bucket = "records" }
        resource "aws_s3_bucket_server_side_encryption_configuration" "a" {
          bucket = aws_s3_bucket.a.id
          rule {
            apply_server_side_encryption_by_default { kms_master_key_id = aws_kms_key.k.arn }
          }
        }
        resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
          bucket = "records"
          rule {
            apply_server_side_encryption_by_default { kms_master_key_id = aws_kms_key.k.arn }
          }
        }
        "#,
    );
    for name in ["a", "b"] {
        let companion = format!("aws_s3_bucket_server_side_encryption_configuration.{name}");
        let store = format!("aws_s3_bucket.{name}");
        assert_eq!(seen.related(&companion, AttachedTo), [store.as_str()]);
        assert_eq!(seen.related(&store, EncryptsWith), ["aws_kms_key.k"]);
    }
}

#[test]
fn a_name_that_two_resources_have_means_neither() {
    let seen = terraform(
        r#"
        resource "aws_s3_bucket" "a" { bucket = "records" }
        resource "aws_s3_bucket" "b" { bucket = "records" }
        resource "aws_s3_bucket_versioning" "v" { bucket = "records" }
        "#,
    );
    assert!(
        seen.related("aws_s3_bucket_versioning.v", AttachedTo)
            .is_empty()
    );
}

#[test]
fn a_replica_names_its_source_and_a_snapshot_its_volume() {
    let seen = terraform(
        r#"
        resource "aws_db_instance" "main" { identifier = "main" }
        resource "aws_db_instance" "copy" { replicate_source_db = aws_db_instance.main.arn }
        resource "aws_ebs_volume" "v" { availability_zone = "eu-west-3a" }
        resource "aws_ebs_snapshot" "s" { volume_id = aws_ebs_volume.v.id }
        "#,
    );
    assert_eq!(
        seen.related("aws_db_instance.main", ReplicatesTo),
        ["aws_db_instance.copy"]
    );
    assert!(
        seen.related("aws_db_instance.copy", ReplicatesTo)
            .is_empty()
    );
    assert_eq!(
        seen.related("aws_ebs_volume.v", BacksUpTo),
        ["aws_ebs_snapshot.s"]
    );
    assert_eq!(
        seen.related("aws_ebs_snapshot.s", PartOf),
        ["aws_ebs_volume.v"]
    );
}

#[test]
fn each_instance_relates_to_its_own() {
    let seen = terraform(
        r#"
        resource "aws_kms_key" "k" { for_each = toset(["chu", "epsm"]) }
        resource "aws_ebs_volume" "v" {
          for_each          = toset(["chu", "epsm"])
          availability_zone = "eu-west-3a"
          encrypted         = true
          kms_key_id        = aws_kms_key.k[each.key].arn
        }
        "#,
    );
    assert_eq!(
        seen.related(r#"aws_ebs_volume.v["chu"]"#, EncryptsWith),
        [r#"aws_kms_key.k["chu"]"#]
    );
}

#[test]
fn claims_lead_to_their_class() {
    let seen = manifests(
        r"
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: fast }
provisioner: ebs.csi.aws.com
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data, namespace: prod }
spec: { storageClassName: fast }
",
    );
    let claim = "v1/PersistentVolumeClaim prod/data";
    assert_eq!(
        seen.related(claim, RunsOn),
        ["storage.k8s.io/v1/StorageClass fast"]
    );
    assert_eq!(
        &*seen.resource("storage.k8s.io/v1/StorageClass fast").kind,
        "storage.k8s.io/StorageClass"
    );
}
