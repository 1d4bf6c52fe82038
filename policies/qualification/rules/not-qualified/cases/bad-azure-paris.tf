# A French region of a company without a visa.
resource "azurerm_storage_account" "registry" { # expect: qualification/not-qualified
  name                     = "registry"
  resource_group_name      = "data"
  location                 = "francecentral"
  account_tier             = "Standard"
  account_replication_type = "LRS"
  tags                     = { data-classification = "secnumcloud" }
}
