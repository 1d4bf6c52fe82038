# Beside its key this vault keeps a secret: that lies in America, and is said once, of the vault.
resource "azurerm_key_vault" "mixed" {
  name                = "mixed"
  resource_group_name = "data"
  location            = "eastus" # expect: residency/outside-area
  tenant_id           = "00000000-0000-0000-0000-000000000000"
  sku_name            = "premium"
  tags                = { data-classification = "health" }
}

resource "azurerm_key_vault_key" "records" {
  name         = "records"
  key_vault_id = azurerm_key_vault.mixed.id
  key_type     = "RSA-HSM"
  key_opts     = ["wrapKey", "unwrapKey"]
}

resource "azurerm_key_vault_secret" "token" {
  name         = "token"
  value        = "from-elsewhere"
  key_vault_id = azurerm_key_vault.mixed.id
}
