# Five resources, one front door.
resource "azurerm_storage_account" "records" {
  name                     = "records"
  resource_group_name      = "data"
  location                 = "francecentral"
  account_tier             = "Standard"
  account_replication_type = "ZRS"
  tags                     = { data-classification = "health" }
}

resource "azurerm_cdn_frontdoor_profile" "portal" { # expect: residency/worldwide-service
  name                = "portal"
  resource_group_name = "data"
  sku_name            = "Standard_AzureFrontDoor"
}

resource "azurerm_cdn_frontdoor_endpoint" "portal" {
  name                     = "portal"
  cdn_frontdoor_profile_id = azurerm_cdn_frontdoor_profile.portal.id
}

resource "azurerm_cdn_frontdoor_origin_group" "records" {
  name                     = "records"
  cdn_frontdoor_profile_id = azurerm_cdn_frontdoor_profile.portal.id

  load_balancing {}
}

resource "azurerm_cdn_frontdoor_origin" "records" {
  name                           = "records"
  cdn_frontdoor_origin_group_id  = azurerm_cdn_frontdoor_origin_group.records.id
  host_name                      = azurerm_storage_account.records.primary_blob_host
  certificate_name_check_enabled = true
}
