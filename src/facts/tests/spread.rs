//! How levels go along relations.

use super::levels::{evidence, level, origin};
use super::{manifests, terraform};
use crate::config::words::Level;
use crate::facts::LevelFrom;

#[test]
fn levels_go_along_long_chains_and_around_circles() {
    let mut code = String::from(
        "resource \"aws_ebs_volume\" \"v0\" {\n  tags = { classification = \"health\" }\n}\n",
    );
    for at in 0..60 {
        code += &format!(
            "resource \"aws_ebs_snapshot\" \"s{at}\" {{\n  volume_id = aws_ebs_volume.v{at}.id\n}}\n\
             resource \"aws_ebs_volume\" \"v{}\" {{\n  snapshot_id = aws_ebs_snapshot.s{at}.id\n}}\n",
            at + 1
        );
    }
    let seen = terraform(&code);
    let last = "aws_ebs_volume.v60";
    assert_eq!(level(&seen, last), (Level::Health, false));
    assert_eq!(origin(&seen, last).0, LevelFrom::Propagated);
    let way = evidence(&seen, last);
    assert_eq!(way[0], "takes the level of aws_ebs_snapshot.s59");
    assert_eq!(
        way[way.len() - 2..],
        [
            "takes the level of aws_ebs_volume.v0",
            "label `classification`"
        ]
    );
    assert!(way.len() < 15, "{way:?}");

    let circle = terraform(
        r#"
resource "aws_s3_bucket" "a" {}
resource "aws_s3_bucket" "b" { tags = { classification = "health" } }
resource "aws_s3_bucket_logging" "a" {
  bucket        = aws_s3_bucket.a.id
  target_bucket = aws_s3_bucket.b.id
  target_prefix = "a"
}
resource "aws_s3_bucket_logging" "b" {
  bucket        = aws_s3_bucket.b.id
  target_bucket = aws_s3_bucket.a.id
  target_prefix = "b"
}
"#,
    );
    assert_eq!(level(&circle, "aws_s3_bucket.a"), (Level::Health, false));
}

#[test]
fn a_low_level_is_taken_only_where_nothing_else_is_open() {
    let seen = terraform(
        r#"
resource "aws_kms_key" "one" {}
resource "aws_db_instance" "public" {
  kms_key_id = aws_kms_key.one.arn
  tags       = { classification = "public" }
}
resource "aws_kms_key" "two" {}
resource "aws_db_instance" "internal" {
  kms_key_id = aws_kms_key.two.arn
  tags       = { classification = "internal" }
}
resource "aws_db_instance" "silent" { kms_key_id = aws_kms_key.two.arn }
"#,
    );
    assert_eq!(level(&seen, "aws_kms_key.one"), (Level::Public, false));
    // The silent database may hold more.
    assert_eq!(level(&seen, "aws_kms_key.two"), (Level::Personal, true));
}

#[test]
fn what_contains_data_has_the_highest_level_of_it_and_gives_it_to_no_other_part() {
    let seen = terraform(
        r#"
resource "azurerm_mssql_server" "s" {}
resource "azurerm_mssql_database" "a" {
  server_id = azurerm_mssql_server.s.id
  tags      = { classification = "health" }
}
resource "azurerm_mssql_database" "b" { server_id = azurerm_mssql_server.s.id }
"#,
    );
    assert_eq!(
        level(&seen, "azurerm_mssql_server.s"),
        (Level::Health, false)
    );
    assert_eq!(
        level(&seen, "azurerm_mssql_database.b"),
        (Level::Personal, true)
    );
}

#[test]
fn workloads_give_their_level_to_the_volumes_they_mount() {
    let seen = manifests(
        r#"
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, labels: {data-classification: health}}
spec:
  template:
    spec:
      containers: [{name: a, image: x}]
      volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {}
"#,
    );
    assert_eq!(
        level(&seen, "v1/PersistentVolumeClaim data"),
        (Level::Health, false)
    );
}
