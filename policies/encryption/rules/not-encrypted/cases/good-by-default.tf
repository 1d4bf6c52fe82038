# Encrypted whatever the code says: no argument is no finding here.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "records" {
  bucket = "records"
  tags   = { data-classification = "health" }
}

resource "google_storage_bucket" "records" {
  name     = "records"
  location = "europe-west9"
  labels   = { data-classification = "health" }
}

resource "azurerm_storage_account" "records" {
  name                     = "records"
  resource_group_name      = "data"
  location                 = "francecentral"
  account_tier             = "Standard"
  account_replication_type = "LRS"
  tags                     = { data-classification = "health" }
}
