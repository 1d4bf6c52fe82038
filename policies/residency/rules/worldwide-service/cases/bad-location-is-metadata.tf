# `location` is where the description of the CDN is kept: its content goes everywhere.
resource "azurerm_storage_account" "records" {
  name                     = "records"
  resource_group_name      = "data"
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "ZRS"
  tags                     = { data-classification = "health" }
}

resource "azurerm_cdn_profile" "records" { # expect: residency/worldwide-service
  name                = "records"
  resource_group_name = "data"
  location            = "westeurope"
  sku                 = "Standard_Microsoft"
}

resource "azurerm_cdn_endpoint" "records" {
  name                = "records"
  resource_group_name = "data"
  profile_name        = azurerm_cdn_profile.records.name
  location            = "westeurope"

  origin {
    name      = "records"
    host_name = azurerm_storage_account.records.primary_blob_host
  }
}
