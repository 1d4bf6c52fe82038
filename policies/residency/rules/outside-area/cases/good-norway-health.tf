# Norway is inside the Economic Area: enough for health data.
resource "azurerm_storage_account" "records" {
  name                     = "records"
  resource_group_name      = "data"
  location                 = "Norway East"
  account_tier             = "Standard"
  account_replication_type = "LRS"
  tags                     = { data-classification = "health" }
}
