resource "azurerm_key_vault" "socle" {
  name                       = "kv-${local.prefixe}"
  location                   = azurerm_resource_group.socle.location
  resource_group_name        = azurerm_resource_group.socle.name
  tenant_id                  = data.azurerm_client_config.current.tenant_id
  sku_name                   = "premium"
  rbac_authorization_enabled = true
  purge_protection_enabled   = true
  soft_delete_retention_days = 90
  tags                       = local.etiquettes
}

resource "azurerm_key_vault_key" "socle" {
  name         = "cle-socle"
  key_vault_id = azurerm_key_vault.socle.id
  key_type     = "RSA-HSM"
  key_size     = 3072
  key_opts     = ["unwrapKey", "wrapKey"]

  rotation_policy {
    expire_after         = "P2Y"
    notify_before_expiry = "P30D"

    automatic {
      time_before_expiry = "P60D"
    }
  }
}

resource "azurerm_key_vault_key" "projet" {
  for_each = toset([for projet in var.projets : projet.cle])

  name         = "cle-${each.key}"
  key_vault_id = azurerm_key_vault.socle.id
  key_type     = "RSA-HSM"
  key_size     = 3072
  key_opts     = ["unwrapKey", "wrapKey"]

  rotation_policy {
    expire_after         = "P2Y"
    notify_before_expiry = "P30D"

    automatic {
      time_before_expiry = "P60D"
    }
  }
}

resource "azurerm_user_assigned_identity" "chiffrement" {
  name                = "id-${local.prefixe}-chiffrement"
  location            = azurerm_resource_group.socle.location
  resource_group_name = azurerm_resource_group.socle.name
  tags                = local.etiquettes
}

resource "azurerm_role_assignment" "chiffrement" {
  scope                = azurerm_key_vault.socle.id
  role_definition_name = "Key Vault Crypto Service Encryption User"
  principal_id         = azurerm_user_assigned_identity.chiffrement.principal_id
}

resource "azurerm_disk_encryption_set" "socle" {
  name                      = "des-${local.prefixe}"
  location                  = azurerm_resource_group.socle.location
  resource_group_name       = azurerm_resource_group.socle.name
  key_vault_key_id          = azurerm_key_vault_key.socle.versionless_id
  auto_key_rotation_enabled = true
  tags                      = local.etiquettes

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.chiffrement.id]
  }
}
