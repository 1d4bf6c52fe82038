# Built to be out of reach; nobody has ruled on it yet.
provider "azurerm" {
  features {}
  metadata_host = "management.sovcloud-api.fr"
}

resource "azurerm_storage_account" "records" { # expect-undetermined: qualification/extraterritorial-exposure
  name                     = "records"
  resource_group_name      = "data"
  location                 = "bleufrancecentral"
  account_tier             = "Standard"
  account_replication_type = "LRS"
  tags                     = { data-classification = "health" }
}
