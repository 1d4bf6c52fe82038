# A region that a replica names again is no copy elsewhere, and zones are in the region.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_dynamodb_table" "records" {
  name         = "records"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  replica {
    region_name = "eu-west-3"
  }

  tags = { data-classification = "health" }
}

resource "azurerm_storage_account" "records" {
  name                     = "records"
  resource_group_name      = "data"
  location                 = "francecentral"
  account_tier             = "Standard"
  account_replication_type = "ZRS"
  tags                     = { data-classification = "health" }
}
