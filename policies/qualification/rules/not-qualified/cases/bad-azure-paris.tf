# A French region of a company without a visa.
resource "azurerm_storage_account" "registry" {
  name                     = "registry"
  resource_group_name      = "data"
  location                 = "francecentral" # expect: qualification/not-qualified
  account_tier             = "Standard"
  account_replication_type = "LRS"
  tags                     = { data-classification = "secnumcloud" }
}
