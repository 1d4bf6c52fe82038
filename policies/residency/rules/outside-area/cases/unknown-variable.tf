variable "location" {
  type = string
}

resource "azurerm_storage_account" "records" {
  name                     = "records"
  resource_group_name      = "data"
  location                 = var.location # expect-undetermined: residency/outside-area
  account_tier             = "Standard"
  account_replication_type = "LRS"
  tags                     = { data-classification = "health" }
}
