# The disk and its encryption set are in France, the key is not.
resource "azurerm_key_vault" "keys" {
  name                = "keys"
  location            = "eastus"
  resource_group_name = "data"
  tenant_id           = "00000000-0000-0000-0000-000000000000"
  sku_name            = "premium"
}

resource "azurerm_key_vault_key" "disks" {
  name         = "disks"
  key_vault_id = azurerm_key_vault.keys.id # expect: encryption/key-outside-area
  key_type     = "RSA-HSM"
  key_size     = 3072
  key_opts     = ["wrapKey", "unwrapKey"]
}

resource "azurerm_disk_encryption_set" "disks" {
  name                = "disks"
  location            = "francecentral"
  resource_group_name = "data"
  key_vault_key_id    = azurerm_key_vault_key.disks.versionless_id
  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_managed_disk" "records" {
  name                   = "records"
  location               = "francecentral"
  resource_group_name    = "data"
  storage_account_type   = "Premium_LRS"
  create_option          = "Empty"
  disk_size_gb           = 64
  disk_encryption_set_id = azurerm_disk_encryption_set.disks.id
  tags                   = { data-classification = "health" }
}
