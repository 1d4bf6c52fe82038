//! Where copies go.

use super::{Seen, reason, terraform};
use crate::catalog::Area;
use crate::facts::{Encryption, Fact, KeyHolder, Location};

fn place<'s>(seen: &'s Seen, address: &str) -> &'s Location {
    match &seen.facts_of(address).location {
        Fact::Known(location) => location,
        other => panic!("{address}: {other:?}"),
    }
}

/// Copies of a resource as `kind path place`: the countries, or `?`.
fn copies(seen: &Seen, address: &str) -> Vec<String> {
    let all = seen.facts_of(address).copies.iter();
    all.map(|copy| {
        let place = match &copy.location {
            Fact::Known(location) if location.countries.is_empty() => "worldwide".to_owned(),
            Fact::Known(location) => location.countries.join(","),
            Fact::Unknown(_) => "?".to_owned(),
            Fact::Absent => panic!("{address}: a copy without a place"),
        };
        format!("{:?} {} {place}", copy.kind, copy.path)
    })
    .collect()
}

#[test]
fn copies_stand_on_the_store_and_have_their_own_place() {
    let seen = terraform(
        r#"
provider "aws" { region = "eu-west-3" }
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
resource "aws_s3_bucket" "main" { bucket = "main" }
resource "aws_s3_bucket" "far" {
  provider = aws.us
  bucket   = "far"
}
resource "aws_s3_bucket_replication_configuration" "r" {
  bucket = aws_s3_bucket.main.id
  role   = "arn:aws:iam::111122223333:role/r"
  rule {
    status = "Enabled"
    destination { bucket = aws_s3_bucket.far.arn }
  }
  rule {
    status = "Enabled"
    destination { bucket = "arn:aws:s3:::of-someone-else" }
  }
}
resource "aws_dynamodb_table" "t" {
  name = "t"
  replica { region_name = "us-east-1" }
  replica { region_name = "eu-west-3" }
}
resource "aws_db_instance" "db" { identifier = "db" }
resource "aws_db_instance_automated_backups_replication" "b" {
  provider               = aws.us
  source_db_instance_arn = aws_db_instance.db.arn
}
resource "aws_backup_plan" "alone" {
  name = "p"
  rule {
    rule_name         = "daily"
    target_vault_name = "vault"
    copy_action { destination_vault_arn = "arn:aws:backup:eu-west-2:111122223333:backup-vault:v" }
  }
}
"#,
    );
    assert_eq!(
        copies(&seen, "aws_s3_bucket.main"),
        [
            "Replica rule.*.destination.bucket US",
            "Replica rule.*.destination.bucket ?"
        ]
    );
    let far = &seen.facts_of("aws_s3_bucket.main").copies[0];
    assert_eq!(far.target, Some(seen.resource("aws_s3_bucket.far").id));
    let stranger = &seen.facts_of("aws_s3_bucket.main").copies[1];
    assert!(reason(&stranger.location).contains("ARN carries no region"));
    // Told once, on the bucket whose data it is.
    let companion = "aws_s3_bucket_replication_configuration.r";
    assert!(copies(&seen, companion).is_empty());
    // A replica in its own region is the table itself.
    assert_eq!(
        copies(&seen, "aws_dynamodb_table.t"),
        ["Replica replica.*.region_name US"]
    );
    assert_eq!(
        copies(&seen, "aws_db_instance.db"),
        ["Backup source_db_instance_arn US"]
    );
    let backups = "aws_db_instance_automated_backups_replication.b";
    assert_eq!(&*place(&seen, backups).region, "us-east-1");
    assert_eq!(
        copies(&seen, "aws_backup_plan.alone"),
        ["Backup rule.*.copy_action.*.destination_vault_arn GB"]
    );
}

#[test]
fn geo_redundancy_goes_to_the_pair_and_an_unknown_pair_is_open() {
    let seen = terraform(
        r#"
variable "how" {}
resource "azurerm_storage_account" "paired" {
  location                 = "North Europe"
  account_replication_type = "RAGRS"
}
resource "azurerm_storage_account" "stays" {
  location                 = "northeurope"
  account_replication_type = "ZRS"
}
resource "azurerm_storage_account" "lonely" {
  location                 = "italynorth"
  account_replication_type = "GRS"
}
resource "azurerm_storage_account" "open" {
  location                 = "francecentral"
  account_replication_type = var.how
}
resource "azurerm_mssql_server" "s" { location = "brazilsouth" }
resource "azurerm_mssql_database" "by_default" { server_id = azurerm_mssql_server.s.id }
resource "azurerm_mssql_database" "local" {
  server_id            = azurerm_mssql_server.s.id
  storage_account_type = "Local"
}
resource "azurerm_postgresql_flexible_server" "p" { location = "swedencentral" }
resource "azurerm_cosmosdb_account" "c" {
  location = "francecentral"
  geo_location {
    location          = "francecentral"
    failover_priority = 0
  }
  geo_location {
    location          = "UK South"
    failover_priority = 1
  }
  backup {
    type               = "Periodic"
    storage_redundancy = "Local"
  }
}
"#,
    );
    let of = |name: &str| copies(&seen, name);
    assert_eq!(
        of("azurerm_storage_account.paired"),
        ["GeoRedundant account_replication_type NL"]
    );
    assert!(of("azurerm_storage_account.stays").is_empty());
    for name in ["lonely", "open"] {
        assert_eq!(
            of(&format!("azurerm_storage_account.{name}")),
            ["GeoRedundant account_replication_type ?"]
        );
    }
    // Backups of a database are geo-redundant unless it says otherwise; the pair of Brazil South is in the US.
    assert_eq!(
        of("azurerm_mssql_database.by_default"),
        ["GeoRedundant storage_account_type US"]
    );
    assert!(of("azurerm_mssql_database.local").is_empty());
    assert!(of("azurerm_postgresql_flexible_server.p").is_empty());
    assert_eq!(
        of("azurerm_cosmosdb_account.c"),
        ["Replica geo_location.*.location GB"]
    );
}

#[test]
fn members_of_one_group_are_copies_of_each_other() {
    let seen = terraform(
        r#"
provider "aws" { region = "eu-west-3" }
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
resource "aws_rds_global_cluster" "g" { global_cluster_identifier = "g" }
resource "aws_rds_cluster" "first" { global_cluster_identifier = aws_rds_global_cluster.g.id }
resource "aws_rds_cluster" "second" {
  provider                  = aws.us
  global_cluster_identifier = aws_rds_global_cluster.g.id
}
resource "google_sql_database_instance" "main" { region = "europe-west9" }
resource "google_sql_database_instance" "read" {
  region               = "us-east1"
  master_instance_name = google_sql_database_instance.main.name
}
"#,
    );
    assert_eq!(
        copies(&seen, "aws_rds_cluster.first"),
        ["Replica global_cluster_identifier US"]
    );
    assert_eq!(
        copies(&seen, "google_sql_database_instance.main"),
        ["Replica master_instance_name US"]
    );
    assert!(copies(&seen, "google_sql_database_instance.read").is_empty());
}

#[test]
fn identifiers_carry_a_place_where_their_service_puts_one() {
    let seen = terraform(
        r#"
provider "aws" { region = "eu-west-3" }
resource "aws_cloudtrail" "t" {
  name                       = "t"
  s3_bucket_name             = "audit"
  cloud_watch_logs_group_arn = "arn:aws:logs:eu-west-2:111122223333:log-group:audit:*"
}
resource "google_logging_project_sink" "s" {
  name        = "s"
  destination = "logging.googleapis.com/projects/p/locations/europe-west6/buckets/b"
}
resource "google_logging_project_sink" "bucket" {
  name        = "s"
  destination = "storage.googleapis.com/audit"
}
resource "google_spanner_instance" "i" { config = "projects/p/instanceConfigs/eur6" }
resource "google_spanner_instance" "r" { config = "regional-europe-west2" }
resource "ibm_cos_backup_policy" "b" {
  target_backup_vault_crn = "crn:v1:bluemix:public:kms:eu-gb:a/1:2:key:3"
}
"#,
    );
    assert_eq!(
        copies(&seen, "aws_cloudtrail.t"),
        [
            "Export s3_bucket_name ?",
            "Export cloud_watch_logs_group_arn GB"
        ]
    );
    assert_eq!(
        copies(&seen, "google_logging_project_sink.s"),
        ["Export destination CH"]
    );
    assert_eq!(
        copies(&seen, "google_logging_project_sink.bucket"),
        ["Export destination ?"]
    );
    assert_eq!(
        place(&seen, "google_spanner_instance.i")
            .countries
            .join(","),
        "NL,DE,CH"
    );
    assert_eq!(
        place(&seen, "google_spanner_instance.r").area,
        Area::Adequate
    );
    assert_eq!(
        copies(&seen, "ibm_cos_backup_policy.b"),
        ["Backup target_backup_vault_crn GB"]
    );
}

#[test]
fn backups_without_a_place_go_to_the_nearest_multi_region() {
    let seen = terraform(
        r#"
resource "google_sql_database_instance" "london" {
  region = "europe-west2"
  settings {
    backup_configuration { enabled = true }
  }
}
resource "google_sql_database_instance" "chosen" {
  region = "europe-west9"
  settings {
    backup_configuration {
      enabled  = true
      location = "us"
    }
  }
}
resource "google_sql_database_instance" "none" { region = "europe-west9" }
"#,
    );
    let path = "settings.backup_configuration.location";
    assert_eq!(
        copies(&seen, "google_sql_database_instance.london"),
        [format!("Backup {path} EU")]
    );
    assert_eq!(
        copies(&seen, "google_sql_database_instance.chosen"),
        [format!("Backup {path} US")]
    );
    assert!(copies(&seen, "google_sql_database_instance.none").is_empty());
}

#[test]
fn a_copy_is_encrypted_with_the_key_that_is_named_for_it() {
    let seen = terraform(
        r#"
provider "aws" { region = "eu-west-3" }
resource "aws_kms_key" "here" {}
resource "aws_dynamodb_table" "t" {
  name = "t"
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.here.arn
  }
  replica {
    region_name = "eu-west-1"
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/k"
  }
  replica { region_name = "eu-central-1" }
}
"#,
    );
    let all = &seen.facts_of("aws_dynamodb_table.t").copies;
    let holder = |at: usize| match &all[at].encryption {
        Fact::Known(parts) => parts.iter().map(|part: &Encryption| part.holder).collect(),
        other => panic!("{other:?}"),
    };
    let holders: [Vec<KeyHolder>; 2] = [holder(0), holder(1)];
    assert_eq!(
        holders,
        [vec![KeyHolder::Customer], vec![KeyHolder::Provider]]
    );
}

#[test]
fn a_copy_that_is_not_known_is_said_and_not_left_out() {
    let seen = terraform(
        r#"
provider "aws" { region = "eu-west-3" }
variable "regions" {}
variable "region" {}
resource "aws_dynamodb_table" "t" {
  name = "t"
  dynamic "replica" {
    for_each = var.regions
    content { region_name = replica.value }
  }
}
resource "aws_secretsmanager_secret" "s" {
  replica { region = var.region }
}
"#,
    );
    for address in ["aws_dynamodb_table.t", "aws_secretsmanager_secret.s"] {
        let all = &seen.facts_of(address).copies;
        assert_eq!(all.len(), 1, "{address}");
        assert!(
            reason(&all[0].location).contains("has no value"),
            "{address}"
        );
    }
}
