# One key behind an alias, a version, an encryption set and two names: the chain hides nothing.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_kms_key" "shared" { # expect: encryption/key-shared-between-tenants
  description = "everybody"
}

resource "aws_kms_alias" "a" {
  name          = "alias/chu-a"
  target_key_id = aws_kms_key.shared.key_id
}

resource "aws_kms_alias" "b" {
  name          = "alias/chu-b"
  target_key_id = aws_kms_key.shared.key_id
}

resource "aws_sqs_queue" "a" {
  name              = "results-a"
  kms_master_key_id = aws_kms_alias.a.arn
  tags              = { data-classification = "health", tenant = "chu-a" }
}

resource "aws_sqs_queue" "b" {
  name              = "results-b"
  kms_master_key_id = "alias/chu-b"
  tags              = { data-classification = "health", tenant = "chu-b" }
}

resource "azurerm_key_vault" "keys" {
  name                = "keys"
  location            = "francecentral"
  resource_group_name = "data"
  tenant_id           = "00000000-0000-0000-0000-000000000000"
  sku_name            = "premium"
}

resource "azurerm_key_vault_key" "shared" { # expect: encryption/key-shared-between-tenants
  name         = "shared"
  key_vault_id = azurerm_key_vault.keys.id
  key_type     = "RSA-HSM"
  key_size     = 3072
  key_opts     = ["wrapKey", "unwrapKey"]
}

resource "azurerm_disk_encryption_set" "tenant" {
  for_each            = toset(["chu-a", "chu-b"])
  name                = each.key
  location            = "francecentral"
  resource_group_name = "data"
  key_vault_key_id    = azurerm_key_vault_key.shared.versionless_id
  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_managed_disk" "records" {
  for_each               = toset(["chu-a", "chu-b"])
  name                   = "records-${each.key}"
  location               = "francecentral"
  resource_group_name    = "data"
  storage_account_type   = "Premium_LRS"
  create_option          = "Empty"
  disk_size_gb           = 64
  disk_encryption_set_id = azurerm_disk_encryption_set.tenant[each.key].id
  tags                   = { data-classification = "health", tenant = each.key }
}

resource "google_kms_key_ring" "records" {
  name     = "records"
  location = "europe-west9"
}

resource "google_kms_crypto_key" "shared" { # expect: encryption/key-shared-between-tenants
  name     = "shared"
  key_ring = google_kms_key_ring.records.id
}

resource "google_kms_crypto_key_version" "shared" {
  crypto_key = google_kms_crypto_key.shared.id
}

resource "google_storage_bucket" "a" {
  name     = "records-a"
  location = "europe-west9"
  labels   = { data-classification = "health", tenant = "chu-a" }
  encryption {
    default_kms_key_name = google_kms_crypto_key.shared.id
  }
}

resource "google_storage_bucket" "b" {
  name     = "records-b"
  location = "europe-west9"
  labels   = { data-classification = "health", tenant = "chu-b" }
  encryption {
    default_kms_key_name = google_kms_crypto_key_version.shared.crypto_key
  }
}
