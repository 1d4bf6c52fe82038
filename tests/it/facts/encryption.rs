//! At rest: whether, by whose key, which key, where the key is.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::gardefou_in;

/// What `inspect --format json` prints of files in a folder of their own.
fn inspect(files: &[(&str, &str)]) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let run = gardefou_in(folder.path(), &["inspect", "--format", "json", "."], &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).expect("JSON")
}

fn encryption<'v>(seen: &'v Value, address: &str) -> &'v Value {
    let roots = seen["roots"].as_array().into_iter().flatten();
    let mut all = roots.flat_map(|root| root["resources"].as_array().into_iter().flatten());
    let found = all.find(|resource| resource["address"] == address);
    &found.unwrap_or_else(|| panic!("no {address}"))["facts"]["encryption"]
}

/// `? reason`, or for each part `part: at rest, holder, key @ region`.
fn shown(value: &Value) -> String {
    if let Some(reason) = value["$unknown"].as_str() {
        return format!("? {reason}");
    }
    let parts = value.as_array().into_iter().flatten();
    parts.map(part).collect::<Vec<_>>().join(" | ")
}

fn part(value: &Value) -> String {
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let mut words = Vec::new();
    if !text("part").is_empty() {
        words.push(format!("{}:", text("part")));
    }
    words.push(text("at_rest"));
    if value["at_rest"] != "no" {
        words.push(text("holder"));
    }
    if !text("key").is_empty() {
        words.push(text("key"));
    }
    if let Some(region) = value["key_location"]["region"].as_str() {
        words.push(format!("@ {region}"));
    } else if value["key_location"]["$unknown"].is_string() {
        words.push("@ ?".to_owned());
    }
    words.join(" ")
}

/// Every answer against what is expected; a reason by words of it.
fn hold(files: &[(&str, &str)], expected: &[(&str, &str)]) {
    let seen = inspect(files);
    let mut wrong = Vec::new();
    for (address, wanted) in expected {
        let got = shown(encryption(&seen, address));
        let same = match wanted.strip_prefix("? ") {
            Some(words) => got.starts_with("? ") && got.contains(words),
            None => got == *wanted,
        };
        if !same {
            wrong.push(format!(
                "{address}\n    expected {wanted}\n    got      {got}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const AWS: &str = r#"
provider "aws" { region = "eu-west-3" }
variable "asked" { type = bool }
variable "key" { type = string }
resource "aws_kms_key" "k" { enable_key_rotation = true }
resource "aws_kms_key" "each" { for_each = toset(["a", "b"]) }
resource "aws_kms_key" "counted" { count = 1 }
resource "aws_kms_alias" "k" {
  name          = "alias/records"
  target_key_id = aws_kms_key.k.key_id
}
data "aws_kms_alias" "k" { name = aws_kms_alias.k.name }
data "aws_kms_alias" "theirs" { name = "alias/aws/ebs" }
module "keys" { source = "./keys" }

resource "aws_ebs_volume" "attribute" {
  availability_zone = "eu-west-3a"
  encrypted         = true
  kms_key_id        = aws_kms_key.k.arn
}
resource "aws_ebs_volume" "alias" {
  availability_zone = "eu-west-3a"
  encrypted         = true
  kms_key_id        = aws_kms_alias.k.target_key_arn
}
resource "aws_ebs_volume" "read" {
  availability_zone = "eu-west-3a"
  encrypted         = true
  kms_key_id        = data.aws_kms_alias.k.target_key_arn
}
resource "aws_ebs_volume" "theirs" {
  availability_zone = "eu-west-3a"
  encrypted         = true
  kms_key_id        = data.aws_kms_alias.theirs.target_key_arn
}
resource "aws_ebs_volume" "module" {
  availability_zone = "eu-west-3a"
  encrypted         = true
  kms_key_id        = module.keys.arn
}
resource "aws_ebs_volume" "one" {
  availability_zone = "eu-west-3a"
  encrypted         = true
  kms_key_id        = one(aws_kms_key.counted[*].arn)
}
resource "aws_ebs_volume" "try" {
  availability_zone = "eu-west-3a"
  encrypted         = true
  kms_key_id        = try(aws_kms_key.counted[0].arn, null)
}
resource "aws_ebs_volume" "first" {
  availability_zone = "eu-west-3a"
  encrypted         = true
  kms_key_id        = aws_kms_key.counted[0].arn
}
resource "aws_ebs_volume" "each" {
  for_each          = toset(["a", "b"])
  availability_zone = "eu-west-3a"
  encrypted         = true
  kms_key_id        = aws_kms_key.each[each.key].arn
}
resource "aws_ebs_volume" "literal" {
  availability_zone = "eu-west-3a"
  encrypted         = true
  kms_key_id        = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
}
resource "aws_ebs_volume" "asked" {
  availability_zone = "eu-west-3a"
  encrypted         = true
  kms_key_id        = var.key
}
resource "aws_ebs_volume" "clear" { availability_zone = "eu-west-3a" }
resource "aws_ebs_volume" "off" {
  availability_zone = "eu-west-3a"
  encrypted         = false
}
resource "aws_ebs_volume" "open" {
  availability_zone = "eu-west-3a"
  encrypted         = var.asked
}
resource "aws_ebs_volume" "managed" {
  availability_zone = "eu-west-3a"
  encrypted         = true
}
resource "aws_db_instance" "clear" {}
resource "aws_db_instance" "parts" {
  storage_encrypted               = true
  kms_key_id                      = aws_kms_key.k.arn
  performance_insights_kms_key_id = aws_kms_key.counted[0].arn
}
resource "aws_s3_bucket" "silent" { bucket = "silent" }
resource "aws_s3_bucket" "companion" { bucket = "companion" }
resource "aws_s3_bucket_server_side_encryption_configuration" "companion" {
  bucket = aws_s3_bucket.companion.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.k.arn
    }
  }
}
resource "aws_s3_bucket" "sealed" { bucket = "sealed" }
resource "aws_s3_bucket_server_side_encryption_configuration" "sealed" {
  bucket = aws_s3_bucket.sealed.id
  rule {
    apply_server_side_encryption_by_default { sse_algorithm = "AES256" }
  }
}
resource "aws_s3_bucket" "stranger" {
  provider = aws.stranger
  bucket   = "stranger"
}
provider "aws" {
  alias  = "stranger"
  region = "eu-west-3"
  endpoints { s3 = "https://s3.store.example.org" }
}
"#;

const AWS_KEYS: &str = r#"
resource "aws_kms_key" "inside" {}
output "arn" { value = aws_kms_key.inside.arn }
"#;

#[test]
fn whose_key_it_is_on_aws_in_every_way_to_name_it() {
    let key = |address: &str| format!("yes customer {address} @ eu-west-3");
    let (k, counted) = (key("aws_kms_key.k"), key("aws_kms_key.counted[0]"));
    let parts = format!("{k} | performance_insights_kms_key_id: {counted}");
    hold(
        &[("main.tf", AWS), ("keys/main.tf", AWS_KEYS)],
        &[
            ("aws_ebs_volume.attribute", &k),
            ("aws_ebs_volume.alias", &k),
            ("aws_ebs_volume.read", &k),
            ("aws_ebs_volume.theirs", "yes provider"),
            (
                "aws_ebs_volume.module",
                &key("module.keys.aws_kms_key.inside"),
            ),
            ("aws_ebs_volume.one", &counted),
            ("aws_ebs_volume.try", &counted),
            ("aws_ebs_volume.first", &counted),
            (
                "aws_ebs_volume.each[\"a\"]",
                &key("aws_kms_key.each[\"a\"]"),
            ),
            (
                "aws_ebs_volume.each[\"b\"]",
                &key("aws_kms_key.each[\"b\"]"),
            ),
            (
                "aws_ebs_volume.literal",
                "yes customer arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab @ eu-central-1",
            ),
            ("aws_ebs_volume.asked", "? variable \"key\""),
            ("aws_ebs_volume.clear", "no"),
            ("aws_ebs_volume.off", "no"),
            ("aws_ebs_volume.open", "? variable \"asked\""),
            ("aws_ebs_volume.managed", "yes provider"),
            ("aws_db_instance.clear", "no"),
            ("aws_db_instance.parts", &parts),
            ("aws_s3_bucket.silent", "yes provider"),
            ("aws_s3_bucket.companion", &k),
            ("aws_s3_bucket.sealed", "yes provider"),
            // What AWS documents says nothing of a stranger's store.
            ("aws_s3_bucket.stranger", "unknown provider"),
        ],
    );
}

const OTHERS: &str = r#"
resource "azurerm_key_vault" "v" {
  name     = "v"
  location = "francecentral"
}
resource "azurerm_key_vault_key" "k" {
  name         = "k"
  key_vault_id = azurerm_key_vault.v.id
}
resource "azurerm_disk_encryption_set" "d" {
  location         = "francecentral"
  key_vault_key_id = azurerm_key_vault_key.k.id
}
resource "azurerm_managed_disk" "linked" {
  location               = "francecentral"
  disk_encryption_set_id = azurerm_disk_encryption_set.d.id
}
resource "azurerm_managed_disk" "silent" { location = "francecentral" }
resource "azurerm_storage_account" "companion" {
  name     = "c"
  location = "francecentral"
}
resource "azurerm_storage_account_customer_managed_key" "c" {
  storage_account_id = azurerm_storage_account.companion.id
  key_vault_id       = azurerm_key_vault.v.id
  key_name           = azurerm_key_vault_key.k.name
}
resource "azurerm_kubernetes_cluster" "c" {
  location               = "francecentral"
  disk_encryption_set_id = azurerm_disk_encryption_set.d.id
}
resource "azurerm_kubernetes_cluster_node_pool" "p" {
  kubernetes_cluster_id = azurerm_kubernetes_cluster.c.id
}

resource "google_kms_key_ring" "r" {
  name     = "r"
  location = "europe-west9"
}
resource "google_kms_crypto_key" "k" {
  name     = "k"
  key_ring = google_kms_key_ring.r.id
}
resource "google_kms_crypto_key" "outside" {
  name     = "outside"
  key_ring = google_kms_key_ring.r.id
  version_template {
    algorithm        = "EXTERNAL_SYMMETRIC_ENCRYPTION"
    protection_level = "EXTERNAL"
  }
}
resource "google_storage_bucket" "k" {
  name     = "k"
  location = "EUROPE-WEST9"
  encryption { default_kms_key_name = google_kms_crypto_key.k.id }
}
resource "google_storage_bucket" "outside" {
  name     = "o"
  location = "EUROPE-WEST9"
  encryption { default_kms_key_name = google_kms_crypto_key.outside.id }
}
resource "google_storage_bucket" "silent" {
  name     = "s"
  location = "EUROPE-WEST9"
}
resource "google_storage_bucket" "literal" {
  name     = "l"
  location = "EUROPE-WEST9"
  encryption { default_kms_key_name = "projects/p/locations/us-east1/keyRings/r/cryptoKeys/k" }
}

provider "oci" { region = "eu-paris-1" }
resource "oci_objectstorage_bucket" "silent" { name = "s" }
resource "oci_objectstorage_bucket" "literal" {
  name       = "l"
  kms_key_id = "ocid1.key.oc1.eu-frankfurt-1.aaaa.bbbb"
}

provider "scaleway" { region = "fr-par" }
resource "scaleway_rdb_instance" "clear" { name = "a" }
resource "scaleway_rdb_instance" "on" {
  name               = "b"
  encryption_at_rest = true
}
resource "scaleway_block_volume" "v" { iops = 5000 }
resource "scaleway_object_bucket" "silent" { name = "s" }

resource "ovh_cloud_project_storage" "plain" {
  region_name = "GRA"
  encryption  = { sse_algorithm = "plaintext" }
}
resource "ovh_cloud_project_storage" "sealed" {
  region_name = "GRA"
  encryption  = { sse_algorithm = "AES256" }
}
resource "ovh_cloud_project_volume" "luks" {
  region_name = "GRA9"
  type        = "high-speed-luks"
}
resource "ovh_cloud_project_volume" "plain" {
  region_name = "GRA9"
  type        = "high-speed"
}

provider "opentelekomcloud" {
  auth_url = "https://iam.eu-de.otc.t-systems.com/v3"
  region   = "eu-de"
}
resource "opentelekomcloud_kms_key_v1" "k" { key_alias = "k" }
resource "opentelekomcloud_evs_volume_v3" "k" {
  availability_zone = "eu-de-01"
  kms_id            = opentelekomcloud_kms_key_v1.k.id
}
resource "opentelekomcloud_evs_volume_v3" "clear" { availability_zone = "eu-de-01" }
"#;

#[test]
fn whose_key_it_is_elsewhere() {
    let azure = "yes customer azurerm_key_vault_key.k @ francecentral";
    hold(
        &[("main.tf", OTHERS)],
        &[
            ("azurerm_managed_disk.linked", azure),
            ("azurerm_managed_disk.silent", "yes provider"),
            ("azurerm_storage_account.companion", azure),
            (
                "azurerm_kubernetes_cluster.c",
                "yes customer azurerm_key_vault_key.k @ francecentral | key_management_service: yes provider",
            ),
            ("azurerm_kubernetes_cluster_node_pool.p", azure),
            (
                "google_storage_bucket.k",
                "yes customer google_kms_crypto_key.k @ europe-west9",
            ),
            (
                "google_storage_bucket.outside",
                "yes external google_kms_crypto_key.outside @ europe-west9",
            ),
            ("google_storage_bucket.silent", "yes provider"),
            (
                "google_storage_bucket.literal",
                "yes customer projects/p/locations/us-east1/keyRings/r/cryptoKeys/k @ us-east1",
            ),
            ("oci_objectstorage_bucket.silent", "yes provider"),
            (
                "oci_objectstorage_bucket.literal",
                "yes customer ocid1.key.oc1.eu-frankfurt-1.aaaa.bbbb @ eu-frankfurt-1",
            ),
            ("scaleway_rdb_instance.clear", "no"),
            ("scaleway_rdb_instance.on", "yes impossible"),
            ("scaleway_block_volume.v", "unknown impossible"),
            ("scaleway_object_bucket.silent", "unknown provider"),
            ("ovh_cloud_project_storage.plain", "no"),
            ("ovh_cloud_project_storage.sealed", "yes impossible"),
            ("ovh_cloud_project_volume.luks", "yes provider"),
            ("ovh_cloud_project_volume.plain", "no"),
            (
                "opentelekomcloud_evs_volume_v3.k",
                "yes customer opentelekomcloud_kms_key_v1.k @ eu-de",
            ),
            ("opentelekomcloud_evs_volume_v3.clear", "no"),
        ],
    );
}

const REPLICATION: &str = r#"
provider "aws" { region = "eu-west-3" }
provider "aws" {
  alias  = "far"
  region = "eu-central-1"
}
resource "aws_kms_key" "far" { provider = aws.far }
resource "aws_s3_bucket" "near" { bucket = "near" }
resource "aws_s3_bucket" "far" {
  provider = aws.far
  bucket   = "far"
}
resource "aws_s3_bucket_replication_configuration" "r" {
  bucket = aws_s3_bucket.near.id
  role   = "arn:aws:iam::111122223333:role/r"
  rule {
    status = "Enabled"
    destination {
      bucket = aws_s3_bucket.far.arn
      encryption_configuration { replica_kms_key_id = aws_kms_key.far.arn }
    }
  }
}
"#;

/// A copy has the key that its own block names, and the configuration that makes it holds no data.
#[test]
fn a_copy_has_a_key_of_its_own() {
    let seen = inspect(&[("main.tf", REPLICATION)]);
    let configuration = encryption(&seen, "aws_s3_bucket_replication_configuration.r");
    assert_eq!(*configuration, Value::Null);
    assert_eq!(
        shown(encryption(&seen, "aws_s3_bucket.near")),
        "yes provider"
    );
    let near = seen["roots"][0]["resources"].as_array().expect("resources");
    let near = near
        .iter()
        .find(|one| one["address"] == "aws_s3_bucket.near");
    let copies = &near.expect("the bucket")["facts"]["copies"];
    assert_eq!(
        shown(&copies[0]["encryption"]),
        "yes customer aws_kms_key.far @ eu-central-1"
    );
}

const KEYS: &str = r#"
provider "aws" { region = "eu-west-3" }
resource "aws_kms_custom_key_store" "xks" {
  custom_key_store_name = "xks"
  custom_key_store_type = "EXTERNAL_KEY_STORE"
}
resource "aws_kms_custom_key_store" "hsm" { custom_key_store_name = "hsm" }
resource "aws_kms_key" "turning" {
  enable_key_rotation     = true
  deletion_window_in_days = 7
}
resource "aws_kms_key" "silent" {}
resource "aws_kms_key" "guarded" {
  lifecycle { prevent_destroy = true }
}
resource "aws_kms_key" "hsm" { custom_key_store_id = aws_kms_custom_key_store.hsm.id }
resource "aws_kms_key" "outside" {
  custom_key_store_id = aws_kms_custom_key_store.xks.id
  xks_key_id          = "k"
}
resource "aws_kms_external_key" "imported" { deletion_window_in_days = 10 }
resource "aws_sqs_queue" "turning" { kms_master_key_id = aws_kms_key.turning.arn }
resource "aws_sqs_queue" "silent" { kms_master_key_id = aws_kms_key.silent.arn }
resource "aws_sqs_queue" "guarded" { kms_master_key_id = aws_kms_key.guarded.arn }
resource "aws_sqs_queue" "hsm" { kms_master_key_id = aws_kms_key.hsm.arn }
resource "aws_sqs_queue" "outside" { kms_master_key_id = aws_kms_key.outside.arn }
resource "aws_sqs_queue" "imported" { kms_master_key_id = aws_kms_external_key.imported.arn }
"#;

/// As AWS documents: no rotation and 30 days unless the key says otherwise.
#[test]
fn keys_tell_their_rotation_their_end_and_their_origin() {
    let seen = inspect(&[("main.tf", KEYS)]);
    for (name, rotates, erasable, days, origin, holder) in [
        ("turning", Some(true), true, 7, "service", "customer"),
        ("silent", Some(false), true, 30, "service", "customer"),
        ("guarded", Some(false), false, 30, "service", "customer"),
        ("hsm", Some(false), true, 30, "hsm", "customer"),
        ("outside", Some(false), true, 30, "external", "external"),
        ("imported", None, true, 10, "imported", "customer"),
    ] {
        let key = &encryption(&seen, &format!("aws_sqs_queue.{name}"))[0];
        assert_eq!(key["rotates"].as_bool(), rotates, "{name}");
        assert_eq!(key["erasable"], erasable, "{name}");
        assert_eq!(key["deletion_days"], days, "{name}");
        assert_eq!(key["origin"], origin, "{name}");
        assert_eq!(key["holder"], holder, "{name}");
    }
}
