# Azure does not say where the account is; its operator is known.
terraform {
  backend "azurerm" { # expect: residency/state-outside-area
    resource_group_name  = "states"
    storage_account_name = "states"
    container_name       = "states"
    key                  = "records"
  }
}

resource "scaleway_object_bucket" "records" {
  name   = "records"
  region = "fr-par"
  tags   = { data-classification = "secnumcloud" }
}
