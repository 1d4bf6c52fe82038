# The account is in Paris, and fails over to London.
resource "azurerm_cosmosdb_account" "records" {
  name                = "records"
  resource_group_name = "data"
  location            = "francecentral"
  offer_type          = "Standard"

  consistency_policy {
    consistency_level = "Session"
  }

  geo_location {
    location          = "francecentral"
    failover_priority = 0
  }

  geo_location {
    location          = "UK South" # expect: residency/copy-outside-area
    failover_priority = 1
  }

  backup {
    type               = "Periodic"
    storage_redundancy = "Local"
  }

  tags = { data-classification = "health" }
}
