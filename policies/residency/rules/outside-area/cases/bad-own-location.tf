# Norway is in the Economic Area and not in the Union: enough for health data, not for particular sensitivity.
resource "azurerm_storage_account" "registry" {
  name                     = "registry"
  resource_group_name      = "data"
  location                 = "norwayeast" # expect: residency/outside-area
  account_tier             = "Standard"
  account_replication_type = "LRS"
  tags                     = { data-classification = "secnumcloud" }
}
