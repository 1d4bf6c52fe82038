# A secret store is no defence secret, dr is disaster recovery, and restreint alone is no Diffusion Restreinte.
resource "aws_secretsmanager_secret" "db" {
  name = "db-secret"
  tags = { data-classification = "internal" }
}

resource "aws_s3_bucket" "dr" {
  bucket = "backups-dr"
  tags   = { data-classification = "personal" }
}

resource "azurerm_storage_account" "contracts" {
  name                     = "contracts"
  resource_group_name      = "data"
  location                 = "francecentral"
  account_tier             = "Standard"
  account_replication_type = "ZRS"
  tags                     = { confidentialite = "restreint" }
}
