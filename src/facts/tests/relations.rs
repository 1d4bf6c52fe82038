//! Relations, as far as encryption and copies rest on them.

use super::{manifests, terraform};
use crate::graph::RelationKind::{
    AttachedTo, BacksUpTo, EncryptsWith, Exposes, LogsTo, PartOf, ReadsFrom, ReplicatesTo, RunsOn,
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

#[test]
fn a_listener_speaks_for_its_load_balancer_and_a_service_for_itself() {
    let seen = terraform(
        r#"
        resource "aws_lb" "front" {
          access_logs { bucket = aws_s3_bucket.logs.id }
        }
        resource "aws_s3_bucket" "logs" {}
        resource "aws_lb_target_group" "api" {}
        resource "aws_lb_listener" "https" {
          load_balancer_arn = aws_lb.front.arn
          default_action {
            type             = "forward"
            target_group_arn = aws_lb_target_group.api.arn
          }
        }
        resource "aws_lb_target_group_attachment" "a" {
          target_group_arn = aws_lb_target_group.api.arn
          target_id        = aws_instance.a.id
        }
        resource "aws_instance" "a" { host_id = aws_ec2_host.h.id }
        resource "aws_ec2_host" "h" {}
        resource "aws_ecs_cluster" "c" { name = "c" }
        resource "aws_ecs_service" "api" {
          cluster = aws_ecs_cluster.c.id
          load_balancer { target_group_arn = aws_lb_target_group.api.arn }
        }
        resource "aws_route53_record" "www" {
          alias { name = aws_lb.front.dns_name }
        }
        "#,
    );
    assert_eq!(
        seen.related("aws_lb.front", Exposes),
        ["aws_lb_target_group.api"]
    );
    assert_eq!(
        seen.related("aws_lb_target_group.api", Exposes),
        ["aws_instance.a", "aws_ecs_service.api"]
    );
    assert_eq!(
        seen.related("aws_route53_record.www", Exposes),
        ["aws_lb.front"]
    );
    assert_eq!(seen.related("aws_instance.a", RunsOn), ["aws_ec2_host.h"]);
    assert_eq!(
        seen.related("aws_ecs_service.api", RunsOn),
        ["aws_ecs_cluster.c"]
    );
    assert_eq!(seen.related("aws_lb.front", LogsTo), ["aws_s3_bucket.logs"]);
}

#[test]
fn a_cluster_executes_on_its_node_pools() {
    let seen = terraform(
        r#"
        resource "scaleway_k8s_cluster" "c" { region = "fr-par" }
        resource "scaleway_k8s_pool" "p" { cluster_id = scaleway_k8s_cluster.c.id }
        resource "aws_eks_cluster" "e" { name = "prod" }
        resource "aws_eks_node_group" "n" { cluster_name = "prod" }
        "#,
    );
    assert_eq!(
        seen.related("scaleway_k8s_cluster.c", RunsOn),
        ["scaleway_k8s_pool.p"]
    );
    assert_eq!(
        seen.related("aws_eks_cluster.e", RunsOn),
        ["aws_eks_node_group.n"]
    );
}

#[test]
fn a_setting_speaks_for_what_it_is_set_on() {
    let seen = terraform(
        r#"
        resource "aws_s3_bucket" "records" { bucket = "records" }
        resource "aws_s3_bucket" "logs" { bucket = "records-logs" }
        resource "aws_s3_bucket_logging" "l" {
          bucket        = "records"
          target_bucket = "records-logs"
        }
        resource "aws_kinesis_stream" "s" { name = "events" }
        resource "aws_lambda_function" "f" { function_name = "f" }
        resource "aws_lambda_event_source_mapping" "m" {
          event_source_arn = "arn:aws:kinesis:eu-west-3:111122223333:stream/events"
          function_name    = aws_lambda_function.f.arn
        }
        "#,
    );
    assert_eq!(
        seen.related("aws_s3_bucket.records", LogsTo),
        ["aws_s3_bucket.logs"]
    );
    assert_eq!(
        seen.related("aws_lambda_function.f", ReadsFrom),
        ["aws_kinesis_stream.s"]
    );
}

#[test]
fn an_arn_that_two_resources_could_have_means_neither() {
    let seen = terraform(
        r#"
        resource "aws_sqs_queue" "a" { name = "events" }
        resource "aws_sqs_queue" "b" {
          name   = "events"
          region = "eu-west-1"
        }
        resource "aws_cloudwatch_event_target" "t" {
          rule = "r"
          arn  = "arn:aws:sqs:eu-west-3:111122223333:events"
        }
        resource "aws_sns_topic" "events" { name = "events" }
        resource "aws_cloudwatch_event_target" "u" {
          rule = "r"
          arn  = "arn:aws:sns:eu-west-3:111122223333:events"
        }
        "#,
    );
    assert!(
        seen.related("aws_cloudwatch_event_target.t", LogsTo)
            .is_empty()
    );
    assert_eq!(
        seen.related("aws_cloudwatch_event_target.u", LogsTo),
        ["aws_sns_topic.events"]
    );
}
