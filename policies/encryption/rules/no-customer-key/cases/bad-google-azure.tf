resource "google_storage_bucket" "records" { # expect: encryption/no-customer-key
  name     = "records"
  location = "europe-west9"
  labels   = { data-classification = "health" }
}

resource "azurerm_storage_account" "records" { # expect: encryption/no-customer-key
  name                     = "records"
  resource_group_name      = "data"
  location                 = "francecentral"
  account_tier             = "Standard"
  account_replication_type = "LRS"
  tags                     = { data-classification = "health" }
}
