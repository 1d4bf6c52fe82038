# The key stands in a resource beside the store, behind an alias, or behind a disk encryption set.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_kms_key" "records" {
  description = "records"
}

resource "aws_kms_alias" "records" {
  name          = "alias/records"
  target_key_id = aws_kms_key.records.key_id
}

resource "aws_s3_bucket" "records" {
  bucket = "records"
  tags   = { data-classification = "health" }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "records" {
  bucket = aws_s3_bucket.records.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_alias.records.arn
    }
  }
}

resource "azurerm_key_vault" "keys" {
  name                = "keys"
  location            = "francecentral"
  resource_group_name = "data"
  tenant_id           = "00000000-0000-0000-0000-000000000000"
  sku_name            = "premium"
}

resource "azurerm_key_vault_key" "disks" {
  name         = "disks"
  key_vault_id = azurerm_key_vault.keys.id
  key_type     = "RSA-HSM"
  key_size     = 3072
  key_opts     = ["wrapKey", "unwrapKey"]
}

resource "azurerm_disk_encryption_set" "disks" {
  name                = "disks"
  location            = "francecentral"
  resource_group_name = "data"
  key_vault_key_id    = azurerm_key_vault_key.disks.versionless_id
  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_managed_disk" "records" {
  name                   = "records"
  location               = "francecentral"
  resource_group_name    = "data"
  storage_account_type   = "Premium_LRS"
  create_option          = "Empty"
  disk_size_gb           = 64
  disk_encryption_set_id = azurerm_disk_encryption_set.disks.id
  tags                   = { data-classification = "health" }
}
