# `tenant_id` is the identity directory, the same for everyone.
resource "azurerm_key_vault" "keys" {
  name                = "keys"
  location            = "francecentral"
  resource_group_name = "data"
  tenant_id           = "00000000-0000-0000-0000-000000000000"
  sku_name            = "standard"
}
