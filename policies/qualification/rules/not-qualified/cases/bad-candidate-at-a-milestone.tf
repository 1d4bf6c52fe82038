# The message has the milestone and its day: neither is a decision.
provider "azurerm" {
  features {}
  metadata_host = "management.sovcloud-api.fr"
}

resource "azurerm_storage_account" "registry" { # expect: qualification/not-qualified
  name                     = "registry"
  resource_group_name      = "data"
  location                 = "bleufrancecentral"
  account_tier             = "Standard"
  account_replication_type = "LRS"
  tags                     = { data-classification = "secnumcloud" }
}
