# Copies in the Economic Area, at three providers.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_secretsmanager_secret" "records" {
  name = "records"
  tags = { data-classification = "health" }

  replica {
    region = "eu-central-1"
  }
}

resource "azurerm_storage_account" "records" {
  name                     = "records"
  resource_group_name      = "data"
  location                 = "northeurope"
  account_tier             = "Standard"
  account_replication_type = "RAGRS" # its pair is in the Netherlands
  tags                     = { data-classification = "health" }
}

resource "google_sql_database_instance" "records" {
  name             = "records"
  database_version = "POSTGRES_16"
  region           = "europe-west9"

  settings {
    tier        = "db-custom-2-7680"
    user_labels = { data-classification = "health" }

    backup_configuration {
      enabled  = true
      location = "europe-west9"
    }
  }
}
