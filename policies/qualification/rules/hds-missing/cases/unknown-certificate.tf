# What certificate covers this host has not been established.
resource "azurerm_storage_account" "records" { # expect-undetermined: qualification/hds-missing
  name                     = "records"
  resource_group_name      = "data"
  location                 = "francecentral"
  account_tier             = "Standard"
  account_replication_type = "LRS"
  tags                     = { data-classification = "health" }
}
