# A vault that holds keys keeps no data: `encryption/key-outside-area` judges the key.
resource "azurerm_key_vault" "keys" {
  name                = "keys"
  resource_group_name = "data"
  location            = "eastus"
  tenant_id           = "00000000-0000-0000-0000-000000000000"
  sku_name            = "premium"
}

resource "azurerm_key_vault_key" "records" {
  name         = "records"
  key_vault_id = azurerm_key_vault.keys.id
  key_type     = "RSA-HSM"
  key_size     = 3072
  key_opts     = ["wrapKey", "unwrapKey"]
}

resource "azurerm_storage_account" "records" {
  name                     = "records"
  resource_group_name      = "data"
  location                 = "francecentral"
  account_tier             = "Standard"
  account_replication_type = "LRS"
  tags                     = { data-classification = "health" }

  customer_managed_key {
    key_vault_key_id          = azurerm_key_vault_key.records.id
    user_assigned_identity_id = "identity"
  }
}
