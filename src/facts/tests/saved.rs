//! What saves or serves a store that it does not belong to: its level, and where the copies are told.

use super::{Seen, manifests, reason, seen, terraform};
use crate::config::words::Level;
use crate::facts::{Answer, CopyKind, Fact};

fn level(seen: &Seen, address: &str) -> Level {
    seen.facts_of(address).sensitivity.level
}

/// Copies of a resource as `kind path place`: the countries, or `?`.
fn copies(seen: &Seen, address: &str) -> Vec<String> {
    let all = seen.facts_of(address).copies.iter();
    all.map(|copy| {
        let place = match &copy.location {
            Fact::Known(location) => location.countries.join(","),
            _ => "?".to_owned(),
        };
        format!("{:?} {} {place}", copy.kind, copy.path)
    })
    .collect()
}

#[test]
fn a_vault_of_azure_takes_the_level_of_what_it_saves() {
    let seen = terraform(
        r#"
resource "azurerm_linux_virtual_machine" "vm" {
  location = "francecentral"
  tags     = { classification = "health" }
}
resource "azurerm_recovery_services_vault" "v" {
  name     = "v"
  location = "eastus"
}
resource "azurerm_backup_protected_vm" "b" {
  recovery_vault_name = azurerm_recovery_services_vault.v.name
  source_vm_id        = azurerm_linux_virtual_machine.vm.id
}
resource "azurerm_postgresql_flexible_server" "p" {
  location                     = "francecentral"
  geo_redundant_backup_enabled = false
  tags                         = { classification = "health" }
}
resource "azurerm_data_protection_backup_vault" "d" {
  name       = "d"
  location   = "uksouth"
  redundancy = "LocallyRedundant"
}
resource "azurerm_data_protection_backup_instance_postgresql_flexible_server" "i" {
  location  = "uksouth"
  vault_id  = azurerm_data_protection_backup_vault.d.id
  server_id = azurerm_postgresql_flexible_server.p.id
}
resource "azurerm_site_recovery_fabric" "far" {
  name     = "far"
  location = "eastus"
}
resource "azurerm_site_recovery_replicated_vm" "r" {
  recovery_vault_name       = "elsewhere"
  source_vm_id              = azurerm_linux_virtual_machine.vm.id
  target_recovery_fabric_id = azurerm_site_recovery_fabric.far.id
}
"#,
    );
    for address in [
        "azurerm_recovery_services_vault.v",
        "azurerm_backup_protected_vm.b",
        "azurerm_data_protection_backup_vault.d",
        "azurerm_site_recovery_replicated_vm.r",
    ] {
        assert_eq!(level(&seen, address), Level::Health, "{address}");
    }
    let mut of_machine = copies(&seen, "azurerm_linux_virtual_machine.vm");
    of_machine.sort();
    assert_eq!(
        of_machine,
        ["Backup recovery_vault_name US", "Backup source_vm_id US"]
    );
    let vault = seen.resource("azurerm_recovery_services_vault.v").id;
    let of_machine = &seen.facts_of("azurerm_linux_virtual_machine.vm").copies;
    assert!(of_machine.iter().any(|copy| copy.target == Some(vault)));
    assert_eq!(
        copies(&seen, "azurerm_postgresql_flexible_server.p"),
        ["Backup vault_id GB"]
    );
}

#[test]
fn a_backup_plan_saves_what_is_selected_for_it() {
    let seen = terraform(
        r#"
provider "aws" { region = "eu-west-3" }
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
resource "aws_db_instance" "db" {
  identifier = "db"
  tags       = { classification = "health" }
}
resource "aws_db_instance" "site" {
  identifier = "site"
  tags       = { classification = "public" }
}
resource "aws_db_instance" "silent" { identifier = "silent" }
resource "aws_backup_vault" "near" { name = "near" }
resource "aws_backup_vault" "far" {
  provider = aws.us
  name     = "far"
}
resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "r"
    target_vault_name = aws_backup_vault.near.name
    copy_action { destination_vault_arn = aws_backup_vault.far.arn }
  }
}
resource "aws_backup_selection" "s" {
  plan_id   = aws_backup_plan.p.id
  resources = [aws_db_instance.db.arn, aws_db_instance.site.arn, aws_db_instance.silent.arn]
}
"#,
    );
    for address in [
        "aws_backup_plan.p",
        "aws_backup_vault.near",
        "aws_backup_vault.far",
    ] {
        assert_eq!(level(&seen, address), Level::Health, "{address}");
    }
    // What is saved together stays what it is.
    assert_eq!(level(&seen, "aws_db_instance.site"), Level::Public);
    assert_eq!(level(&seen, "aws_db_instance.silent"), Level::Personal);
    let copy = "Backup rule.*.copy_action.*.destination_vault_arn US";
    assert_eq!(copies(&seen, "aws_db_instance.db"), [copy]);
    assert!(copies(&seen, "aws_backup_plan.p").is_empty());
    assert!(copies(&seen, "aws_backup_vault.near").is_empty());
}

#[test]
fn members_of_a_global_group_hold_the_same_data() {
    let seen = terraform(
        r#"
provider "aws" { region = "eu-west-3" }
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
resource "aws_rds_global_cluster" "g" { global_cluster_identifier = "g" }
resource "aws_rds_cluster" "first" {
  global_cluster_identifier = aws_rds_global_cluster.g.id
  tags                      = { classification = "health" }
}
resource "aws_rds_cluster" "second" {
  provider                  = aws.us
  global_cluster_identifier = aws_rds_global_cluster.g.id
}
resource "aws_rds_cluster" "adopted" {
  cluster_identifier = "adopted"
  tags               = { classification = "health" }
}
resource "aws_rds_global_cluster" "around" {
  source_db_cluster_identifier = aws_rds_cluster.adopted.arn
}
resource "aws_rds_cluster" "joined" {
  provider                  = aws.us
  global_cluster_identifier = aws_rds_global_cluster.around.id
}
"#,
    );
    for address in ["aws_rds_cluster.second", "aws_rds_cluster.joined"] {
        assert_eq!(level(&seen, address), Level::Health, "{address}");
    }
    assert_eq!(
        copies(&seen, "aws_rds_cluster.first"),
        ["Replica global_cluster_identifier US"]
    );
    assert!(copies(&seen, "aws_rds_global_cluster.g").is_empty());
    // The group itself is no copy.
    assert_eq!(copies(&seen, "aws_rds_cluster.adopted").len(), 1);
}

#[test]
fn a_volume_takes_the_level_of_the_machine_that_it_is_attached_to() {
    let seen = terraform(
        r#"
resource "aws_instance" "i" { tags = { classification = "health" } }
resource "aws_ebs_volume" "v" { availability_zone = "eu-west-3a" }
resource "aws_volume_attachment" "a" {
  instance_id = aws_instance.i.id
  volume_id   = aws_ebs_volume.v.id
}
resource "aws_ebs_snapshot" "s" { volume_id = aws_ebs_volume.v.id }
resource "azurerm_windows_virtual_machine" "w" { tags = { classification = "health" } }
resource "azurerm_managed_disk" "d" { name = "d" }
resource "azurerm_virtual_machine_data_disk_attachment" "a" {
  virtual_machine_id = azurerm_windows_virtual_machine.w.id
  managed_disk_id    = azurerm_managed_disk.d.id
}
resource "outscale_vm" "m" {
  tags {
    key   = "classification"
    value = "health"
  }
}
resource "outscale_volume" "v" { subregion_name = "eu-west-2a" }
resource "outscale_volume_link" "l" {
  vm_id     = outscale_vm.m.vm_id
  volume_id = outscale_volume.v.volume_id
}
resource "google_compute_instance" "g" { labels = { classification = "health" } }
resource "google_compute_disk" "d" { name = "d" }
resource "google_compute_attached_disk" "a" {
  instance = google_compute_instance.g.id
  disk     = google_compute_disk.d.id
}
resource "openstack_compute_instance_v2" "o" { metadata = { classification = "health" } }
resource "openstack_blockstorage_volume_v3" "v" { size = 1 }
resource "openstack_compute_volume_attach_v2" "a" {
  instance_id = openstack_compute_instance_v2.o.id
  volume_id   = openstack_blockstorage_volume_v3.v.id
}
"#,
    );
    for address in [
        "aws_ebs_volume.v",
        "aws_ebs_snapshot.s",
        "azurerm_managed_disk.d",
        "outscale_volume.v",
        "google_compute_disk.d",
        "openstack_blockstorage_volume_v3.v",
    ] {
        assert_eq!(level(&seen, address), Level::Health, "{address}");
    }
}

#[test]
fn exports_take_the_level_of_what_they_export() {
    let seen = terraform(
        r#"
provider "aws" { region = "eu-west-3" }
resource "aws_s3_bucket" "a" {
  bucket = "a"
  tags   = { classification = "health" }
}
resource "aws_s3_bucket" "b" { bucket = "b" }
resource "aws_datasync_location_s3" "from" { s3_bucket_arn = aws_s3_bucket.a.arn }
resource "aws_datasync_location_s3" "to" { s3_bucket_arn = aws_s3_bucket.b.arn }
resource "aws_datasync_location_s3" "away" { s3_bucket_arn = "arn:aws:s3:::of-others" }
resource "aws_datasync_task" "t" {
  source_location_arn      = aws_datasync_location_s3.from.arn
  destination_location_arn = aws_datasync_location_s3.to.arn
}
resource "aws_datasync_task" "u" {
  source_location_arn      = aws_datasync_location_s3.from.arn
  destination_location_arn = aws_datasync_location_s3.away.arn
}
resource "aws_db_instance" "db" {
  identifier = "db"
  tags       = { classification = "health" }
}
resource "aws_dms_replication_instance" "i" { replication_instance_id = "i" }
resource "aws_dms_endpoint" "from" { server_name = aws_db_instance.db.address }
resource "aws_dms_endpoint" "to" { server_name = "x.us-east-1.rds.amazonaws.com" }
resource "aws_dms_replication_task" "t" {
  replication_instance_arn = aws_dms_replication_instance.i.replication_instance_arn
  source_endpoint_arn      = aws_dms_endpoint.from.endpoint_arn
  target_endpoint_arn      = aws_dms_endpoint.to.endpoint_arn
}
resource "aws_ecr_repository" "app" {
  name = "app/records"
  tags = { classification = "health" }
}
resource "aws_ecr_repository" "base" {
  name = "base"
  tags = { classification = "health" }
}
resource "aws_ecr_replication_configuration" "r" {
  replication_configuration {
    rule {
      destination {
        region      = "us-west-2"
        registry_id = "111122223333"
      }
      repository_filter {
        filter      = "app/"
        filter_type = "PREFIX_MATCH"
      }
    }
  }
}
resource "outscale_volume" "v" {
  subregion_name = "eu-west-2a"
  tags {
    key   = "classification"
    value = "health"
  }
}
resource "outscale_snapshot" "s" { volume_id = outscale_volume.v.volume_id }
resource "outscale_snapshot_export_task" "e" {
  snapshot_id = outscale_snapshot.s.snapshot_id
  osu_export { osu_bucket = "exports-of-others" }
}
"#,
    );
    for address in [
        "aws_s3_bucket.b",
        "aws_dms_replication_instance.i",
        "aws_ecr_replication_configuration.r",
        "outscale_snapshot_export_task.e",
    ] {
        assert_eq!(level(&seen, address), Level::Health, "{address}");
    }
    assert_eq!(
        copies(&seen, "aws_s3_bucket.a"),
        [
            "Replica destination_location_arn FR",
            "Replica destination_location_arn ?"
        ]
    );
    assert_eq!(
        copies(&seen, "aws_db_instance.db"),
        ["Replica target_endpoint_arn US"]
    );
    assert_eq!(
        copies(&seen, "aws_ecr_repository.app"),
        ["Replica replication_configuration.rule.*.destination.*.region US"]
    );
    assert!(copies(&seen, "aws_ecr_repository.base").is_empty());
    assert_eq!(
        copies(&seen, "outscale_snapshot.s"),
        ["Backup osu_export.osu_bucket ?"]
    );
}

#[test]
fn a_rule_that_is_off_copies_nothing() {
    let seen = terraform(
        r#"
provider "aws" { region = "eu-west-3" }
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
resource "aws_s3_bucket" "a" {
  bucket = "a"
  tags   = { classification = "health" }
}
resource "aws_s3_bucket" "off" {
  provider = aws.us
  bucket   = "off"
}
resource "aws_s3_bucket" "on" {
  provider = aws.us
  bucket   = "on"
}
resource "aws_s3_bucket_replication_configuration" "r" {
  bucket = aws_s3_bucket.a.id
  rule {
    status = "Disabled"
    destination { bucket = aws_s3_bucket.off.arn }
  }
  rule {
    status = "Enabled"
    destination { bucket = aws_s3_bucket.on.arn }
  }
}
"#,
    );
    assert_eq!(
        copies(&seen, "aws_s3_bucket.a"),
        ["Replica rule.*.destination.bucket US"]
    );
    let on = seen.resource("aws_s3_bucket.on").id;
    assert_eq!(seen.facts_of("aws_s3_bucket.a").copies[0].target, Some(on));
    assert_eq!(level(&seen, "aws_s3_bucket.off"), Level::Personal);
    assert_eq!(level(&seen, "aws_s3_bucket.on"), Level::Health);
}

#[test]
fn an_inventory_is_an_export_that_it_tells_itself() {
    let seen = terraform(
        r#"
resource "aws_s3_bucket" "a" {
  bucket = "a"
  region = "eu-west-3"
  tags   = { classification = "health" }
}
resource "aws_s3_bucket_inventory" "i" {
  bucket = aws_s3_bucket.a.id
  destination {
    bucket { bucket_arn = "arn:aws:s3:::of-others" }
  }
}
resource "aws_s3_bucket_inventory" "off" {
  bucket  = aws_s3_bucket.a.id
  enabled = false
  destination {
    bucket { bucket_arn = "arn:aws:s3:::of-others" }
  }
}
"#,
    );
    assert!(copies(&seen, "aws_s3_bucket.a").is_empty());
    assert!(copies(&seen, "aws_s3_bucket_inventory.off").is_empty());
    let [copy] = &seen.facts_of("aws_s3_bucket_inventory.i").copies[..] else {
        panic!("one copy");
    };
    assert_eq!(copy.kind, CopyKind::Export);
    assert_eq!(copy.path, "destination.bucket.bucket_arn");
    assert!(reason(&copy.location).contains("ARN carries no region"));
    assert_eq!(level(&seen, "aws_s3_bucket_inventory.i"), Level::Health);
}

const CLUSTER: &str = r#"
apiVersion: v1
kind: Namespace
metadata:
  name: dossiers
  labels: { sensibilite: hds }
---
apiVersion: v1
kind: Namespace
metadata: { name: site }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: pages, namespace: site }
---
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: { name: far, namespace: velero }
spec:
  provider: aws
  config: { region: us-east-1 }
---
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: { name: default, namespace: velero }
spec:
  provider: aws
  config: { region: eu-west-3 }
---
apiVersion: velero.io/v1
kind: Schedule
metadata: { name: records, namespace: velero }
spec:
  template:
    includedNamespaces: [dossiers]
    storageLocation: far
---
apiVersion: velero.io/v1
kind: Schedule
metadata: { name: rest, namespace: velero }
spec:
  template:
    excludedNamespaces: [dossiers]
"#;

#[test]
fn storage_of_backups_takes_the_level_of_the_namespaces_that_go_there() {
    let seen = manifests(CLUSTER);
    let far = "velero.io/v1/BackupStorageLocation velero/far";
    assert_eq!(level(&seen, far), Level::Health);
    let near = "velero.io/v1/BackupStorageLocation velero/default";
    assert_eq!(level(&seen, near), Level::Personal);
    // Told where it lies, and not on each object.
    assert!(copies(&seen, "velero.io/v1/Schedule velero/records").is_empty());
    assert!(copies(&seen, "v1/PersistentVolumeClaim site/pages").is_empty());
    // A claim that says more than its namespace counts.
    let labelled = CLUSTER.replace(
        "name: pages, namespace: site",
        "name: pages, namespace: site, labels: { sensibilite: hds }",
    );
    assert_eq!(level(&manifests(&labelled), near), Level::Health);
}

/// The configuration of a cluster's encryption, with this as its list of resources.
fn etcd(resources: &str) -> Seen {
    let text = format!(
        "{CLUSTER}---\napiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nmetadata: {{ name: e }}\nresources: {resources}\n"
    );
    seen(None, Some(&text))
}

#[test]
fn the_first_provider_of_a_cluster_writes() {
    let address = "apiserver.config.k8s.io/v1/EncryptionConfiguration e";
    for (resources, expected) in [
        (
            "[{ resources: [secrets], providers: [{ identity: {} }, { aescbc: {} }] }]",
            Answer::No,
        ),
        (
            "[{ resources: [secrets], providers: [{ kms: {} }, { identity: {} }] }]",
            Answer::Yes,
        ),
        // The first entry that covers secrets counts.
        (
            "[{ resources: [configmaps], providers: [{ kms: {} }] }, { resources: ['*.*'], providers: [{ identity: {} }] }]",
            Answer::No,
        ),
        (
            "[{ resources: [configmaps], providers: [{ kms: {} }] }]",
            Answer::No,
        ),
    ] {
        let seen = etcd(resources);
        assert_eq!(seen.whole(address).at_rest, expected, "{resources}");
        assert_eq!(level(&seen, address), Level::Health);
    }
    let open = etcd("[{ resources: [secrets], providers: [] }]");
    assert!(reason(open.encryption(address)).contains("first provider"));
}
