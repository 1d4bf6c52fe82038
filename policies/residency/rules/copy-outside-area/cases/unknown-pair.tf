# The copy goes to the pair of the region, and this region has none that is known.
resource "azurerm_storage_account" "records" {
  name                     = "records"
  resource_group_name      = "data"
  location                 = "italynorth"
  account_tier             = "Standard"
  account_replication_type = "GRS" # expect-undetermined: residency/copy-outside-area
  tags                     = { data-classification = "health" }
}
