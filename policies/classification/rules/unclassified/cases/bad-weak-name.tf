# A weak word in a name is a hint, and no classification.
resource "azurerm_storage_account" "lab" { # expect: classification/unclassified
  name                     = "lab"
  resource_group_name      = "data"
  location                 = "francecentral"
  account_tier             = "Standard"
  account_replication_type = "LRS"
}
