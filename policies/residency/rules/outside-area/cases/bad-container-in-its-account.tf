# The container is where its account is, and what mends one mends the other: one finding. What is more sensitive than the
# account that holds it is judged by itself.
resource "azurerm_storage_account" "records" {
  name                     = "records"
  resource_group_name      = "data"
  location                 = "eastus" # expect: residency/outside-area
  account_tier             = "Standard"
  account_replication_type = "LRS"
  tags                     = { data-classification = "health" }
}

resource "azurerm_storage_container" "records" {
  name               = "records"
  storage_account_id = azurerm_storage_account.records.id
}

resource "azurerm_storage_account" "site" {
  name                     = "site"
  resource_group_name      = "data"
  location                 = "westus"
  account_tier             = "Standard"
  account_replication_type = "LRS"
  tags                     = { data-classification = "public" }
}

resource "azurerm_storage_container" "patients" {
  name               = "images"
  storage_account_id = azurerm_storage_account.site.id # expect: residency/outside-area
  metadata           = { data-classification = "health" }
}
