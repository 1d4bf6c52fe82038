# Low for personal data: worth knowing, and nothing to stop for.
resource "azurerm_storage_account" "newsletter" { # expect: qualification/extraterritorial-exposure
  name                     = "newsletter"
  resource_group_name      = "data"
  location                 = "francecentral"
  account_tier             = "Standard"
  account_replication_type = "LRS"
  tags                     = { data-classification = "personal" }
}
