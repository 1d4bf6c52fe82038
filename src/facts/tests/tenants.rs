//! Whose it is.

use super::{Seen, manifests, terraform};
use crate::facts::Tenancy;

/// The tenants of a resource, by name.
pub(super) fn tenants<'s>(seen: &'s Seen, address: &str) -> Vec<&'s str> {
    let tenancy = &seen.facts_of(address).tenancy;
    tenancy.tenants().iter().map(|one| &*one.name).collect()
}

/// What says that it is the first of its tenants'.
fn evidence<'s>(seen: &'s Seen, address: &str) -> Vec<&'s str> {
    let first = seen.facts_of(address).tenancy.tenants().first();
    let all = first.into_iter().flat_map(|tenant| &tenant.evidence);
    all.filter_map(|id| seen.facts.evidence(*id))
        .map(|one| &*one.label.en)
        .collect()
}

#[test]
fn labels_name_tenants_and_collections_of_tenants_do() {
    let seen = terraform(
        r#"
variable "tenants" { default = ["a-1", "b-2"] }
variable "sizes" { default = ["s", "m"] }
resource "aws_s3_bucket" "each" { for_each = toset(var.tenants) }
resource "aws_s3_bucket" "made" { for_each = { for t in var.tenants : t => upper(t) } }
resource "aws_s3_bucket" "counted" { count = length(var.tenants) }
resource "aws_s3_bucket" "sized" { for_each = toset(var.sizes) }
resource "aws_s3_bucket" "said" { tags = { Etablissement = "chu-nantes" } }
"#,
    );
    assert_eq!(tenants(&seen, "aws_s3_bucket.each[\"a-1\"]"), ["a-1"]);
    assert_eq!(tenants(&seen, "aws_s3_bucket.made[\"b-2\"]"), ["b-2"]);
    assert_eq!(tenants(&seen, "aws_s3_bucket.counted[1]"), ["b-2"]);
    assert!(tenants(&seen, "aws_s3_bucket.sized[\"s\"]").is_empty());
    assert_eq!(tenants(&seen, "aws_s3_bucket.said"), ["chu-nantes"]);
    assert_eq!(
        evidence(&seen, "aws_s3_bucket.said"),
        ["label `Etablissement`"]
    );
    let way = evidence(&seen, "aws_s3_bucket.each[\"a-1\"]");
    assert_eq!(way[0], "one for each tenant");
    assert!(way.contains(&"value of `var.tenants`"), "{way:?}");
}

#[test]
fn identity_directories_and_accounts_of_clouds_are_no_tenants() {
    let seen = terraform(
        r#"
resource "azurerm_key_vault" "v" { tenant_id = "00000000-0000-0000-0000-000000000000" }
resource "azurerm_storage_account" "s" { tags = { tenant_id = "11111111-2222-3333-4444-555555555555" } }
resource "openstack_blockstorage_volume_v3" "d" { metadata = { tenant_id = "5a0c1e" } }
resource "aws_s3_bucket" "oauth" { tags = { client_id = "11111111-2222-3333-4444-555555555555" } }
resource "aws_s3_bucket" "account" { tags = { AccountId = "123456789012" } }
resource "aws_s3_bucket" "shared" { tags = { tenant = "shared" } }
resource "azuread_application" "a" {
  display_name = "portal"
  tags         = ["tenant:chu-x"]
}
"#,
    );
    for resource in seen.graph.resources() {
        assert_eq!(
            seen.facts_of(&resource.address).tenancy,
            Tenancy::Unattributed,
            "{}",
            resource.address
        );
    }
    let seen = manifests(
        r#"
apiVersion: v1
kind: ServiceAccount
metadata:
  name: api
  annotations: {azure.workload.identity/client-id: app, azure.workload.identity/tenant-id: dir}
"#,
    );
    assert!(tenants(&seen, "v1/ServiceAccount api").is_empty());
}

#[test]
fn a_tenant_is_one_however_it_is_written() {
    let seen = terraform(
        r#"
resource "aws_kms_key" "k" {}
resource "aws_db_instance" "a" {
  kms_key_id = aws_kms_key.k.arn
  tags       = { tenant = "CHU-X" }
}
resource "aws_db_instance" "b" {
  kms_key_id = aws_kms_key.k.arn
  tags       = { customer = "chu_x" }
}
resource "aws_kms_key" "n" {}
resource "aws_db_instance" "c" {
  kms_key_id = aws_kms_key.n.arn
  tags       = { tenant = "site-1-1" }
}
resource "aws_db_instance" "d" {
  kms_key_id = aws_kms_key.n.arn
  tags       = { tenant = "site-11" }
}
"#,
    );
    assert_eq!(tenants(&seen, "aws_kms_key.k"), ["CHU-X"]);
    assert_eq!(tenants(&seen, "aws_kms_key.n"), ["site-1-1", "site-11"]);
}

#[test]
fn a_key_is_whose_stores_it_encrypts_whatever_it_says() {
    let seen = terraform(
        r#"
resource "aws_kms_key" "k" { tags = { tenant = "chu-a" } }
resource "aws_db_instance" "a" {
  kms_key_id = aws_kms_key.k.arn
  tags       = { tenant = "chu-a" }
}
resource "aws_db_instance" "b" {
  kms_key_id = aws_kms_key.k.arn
  tags       = { tenant = "chu-b" }
}
"#,
    );
    assert_eq!(tenants(&seen, "aws_kms_key.k"), ["chu-a", "chu-b"]);
    let Tenancy::Shared(all) = &seen.facts_of("aws_kms_key.k").tenancy else {
        panic!("not shared");
    };
    let second = all[1].evidence.iter();
    let second: Vec<&str> = second
        .filter_map(|id| seen.facts.evidence(*id))
        .map(|one| &*one.label.en)
        .collect();
    assert_eq!(second, ["serves aws_db_instance.b", "label `tenant`"]);
}

#[test]
fn of_several_words_the_strongest_counts() {
    let seen = terraform(
        r#"
provider "aws" {
  region = "eu-west-3"
  default_tags { tags = { organisation = "editeur" } }
}
resource "aws_s3_bucket" "both" { tags = { tenant = "chu-x", siret = "13002526500013" } }
resource "aws_s3_bucket" "weak" {}
resource "aws_s3_bucket" "listed" { tags = { tenant = "chu-a, chu-b" } }
"#,
    );
    assert_eq!(tenants(&seen, "aws_s3_bucket.both"), ["chu-x"]);
    assert_eq!(tenants(&seen, "aws_s3_bucket.weak"), ["editeur"]);
    assert_eq!(tenants(&seen, "aws_s3_bucket.listed"), ["chu-a", "chu-b"]);
}

#[test]
fn a_tenant_that_cannot_be_known_is_said_to_be_there() {
    let seen = terraform(
        r#"
variable "who" {}
variable "tenants" { type = set(string) }
resource "aws_s3_bucket" "label" { tags = { tenant = var.who } }
resource "aws_s3_bucket" "each" { for_each = var.tenants }
"#,
    );
    for address in ["aws_s3_bucket.label", "aws_s3_bucket.each[\"*\"]"] {
        let Tenancy::Unknown(gap) = &seen.facts_of(address).tenancy else {
            panic!("{address} is known");
        };
        assert!(gap.reason.en.contains("names the tenant"), "{address}");
        assert!(gap.reason.fr.contains("nomme le client"), "{address}");
    }
}

#[test]
fn parts_are_the_tenants_and_what_holds_parts_of_several_is_shared() {
    let seen = terraform(
        r#"
resource "azurerm_mssql_server" "own" { tags = { tenant = "chu-a" } }
resource "azurerm_mssql_database" "part" { server_id = azurerm_mssql_server.own.id }
resource "azurerm_mssql_server" "pool" {}
resource "azurerm_mssql_database" "a" {
  server_id = azurerm_mssql_server.pool.id
  tags      = { tenant = "chu-a" }
}
resource "azurerm_mssql_database" "b" {
  server_id = azurerm_mssql_server.pool.id
  tags      = { tenant = "chu-b" }
}
resource "azurerm_mssql_database" "nobody" { server_id = azurerm_mssql_server.pool.id }
resource "azurerm_storage_account" "backup" { name = "savechu-a" }
resource "aws_s3_bucket" "named" { bucket = "backup-chu-b-2026" }
"#,
    );
    assert_eq!(tenants(&seen, "azurerm_mssql_database.part"), ["chu-a"]);
    assert_eq!(
        tenants(&seen, "azurerm_mssql_server.pool"),
        ["chu-a", "chu-b"]
    );
    assert!(tenants(&seen, "azurerm_mssql_database.nobody").is_empty());
    assert!(tenants(&seen, "azurerm_storage_account.backup").is_empty());
    assert_eq!(tenants(&seen, "aws_s3_bucket.named"), ["chu-b"]);
}

#[test]
fn kubernetes_names_tenants_in_its_own_ways() {
    let seen = manifests(
        r#"
apiVersion: v1
kind: Namespace
metadata: {name: tenant-chu-x}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: a, namespace: tenant-chu-x}
spec: {}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: b, namespace: client-portal}
spec: {}
---
apiVersion: v1
kind: Namespace
metadata: {name: c, labels: {capsule.clastix.io/tenant: chu-y}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c, namespace: c}
spec: {}
---
apiVersion: capsule.clastix.io/v1beta2
kind: Tenant
metadata: {name: chu-z}
---
apiVersion: v1
kind: Namespace
metadata:
  name: records
  labels: {records.tree.hnc.x-k8s.io/depth: "0", chu-h.tree.hnc.x-k8s.io/depth: "1"}
---
apiVersion: v1
kind: Namespace
metadata: {name: r, annotations: {field.cattle.io/projectId: "c-m-1:p-abc"}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: pinned}
spec: {template: {spec: {nodeSelector: {tenant: chu-n}, containers: []}}}
"#,
    );
    for (address, expected) in [
        ("v1/Namespace tenant-chu-x", vec!["chu-x"]),
        ("v1/PersistentVolumeClaim tenant-chu-x/a", vec!["chu-x"]),
        ("v1/PersistentVolumeClaim client-portal/b", vec![]),
        ("v1/PersistentVolumeClaim c/c", vec!["chu-y"]),
        ("capsule.clastix.io/v1beta2/Tenant chu-z", vec!["chu-z"]),
        ("v1/Namespace records", vec!["chu-h"]),
        ("v1/Namespace r", vec!["c-m-1:p-abc"]),
        ("apps/v1/Deployment pinned", vec!["chu-n"]),
    ] {
        assert_eq!(tenants(&seen, address), expected, "{address}");
    }
}

#[test]
fn containers_of_a_cloud_are_a_tenants_where_something_says_so() {
    let seen = terraform(
        r#"
resource "azurerm_resource_group" "said" { tags = { client = "CHU Brest" } }
resource "azurerm_storage_account" "a" { resource_group_name = azurerm_resource_group.said.name }
resource "azurerm_resource_group" "named" { name = "rg-tenant-chu-x" }
resource "azurerm_storage_account" "b" { resource_group_name = azurerm_resource_group.named.name }
resource "azurerm_resource_group" "plain" { name = "rg-client-portal" }
resource "azurerm_storage_account" "c" { resource_group_name = azurerm_resource_group.plain.name }
"#,
    );
    assert_eq!(tenants(&seen, "azurerm_storage_account.a"), ["CHU Brest"]);
    assert_eq!(tenants(&seen, "azurerm_storage_account.b"), ["chu-x"]);
    assert!(tenants(&seen, "azurerm_storage_account.c").is_empty());
}

#[test]
fn namespaces_below_others_and_named_after_tenants_are_theirs() {
    let seen = manifests(
        r"
apiVersion: v1
kind: Namespace
metadata: {name: nord, labels: {tenant: chu-nord}}
---
apiVersion: hnc.x-k8s.io/v1alpha2
kind: SubnamespaceAnchor
metadata: {name: imaging, namespace: nord}
---
apiVersion: hnc.x-k8s.io/v1alpha2
kind: HierarchyConfiguration
metadata: {name: hierarchy, namespace: archive}
spec: {parent: imaging}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: one, namespace: imaging}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: two, namespace: archive}
---
apiVersion: capsule.clastix.io/v1beta2
kind: Tenant
metadata: {name: chu-sud}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: three, namespace: chu-sud-records}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: four, namespace: elsewhere}
",
    );
    let of = |name: &str| tenants(&seen, &format!("v1/PersistentVolumeClaim {name}"));
    assert_eq!(of("imaging/one"), ["chu-nord"]);
    assert_eq!(of("archive/two"), ["chu-nord"]);
    assert_eq!(of("chu-sud-records/three"), ["chu-sud"]);
    assert!(of("elsewhere/four").is_empty());
    assert_eq!(
        evidence(&seen, "v1/PersistentVolumeClaim archive/two"),
        [
            "below the namespace `imaging`",
            "below the namespace `nord`",
            "label `tenant`"
        ]
    );
}
