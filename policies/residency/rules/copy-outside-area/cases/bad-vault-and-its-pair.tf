# The vault is outside, and so is the region that it copies to: one finding, since moving the vault mends both.
resource "azurerm_recovery_services_vault" "records" {
  name                = "records"
  resource_group_name = "data"
  location            = "eastus" # expect: residency/copy-outside-area
  sku                 = "Standard"
  tags                = { data-classification = "health" }
}
