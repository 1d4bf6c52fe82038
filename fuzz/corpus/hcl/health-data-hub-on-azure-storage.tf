resource "azurerm_storage_account" "entrepot" {
  name                              = "st${local.compact}entrepot"
  location                          = azurerm_resource_group.socle.location
  resource_group_name               = azurerm_resource_group.socle.name
  account_tier                      = "Standard"
  account_replication_type          = "ZRS"
  account_kind                      = "StorageV2"
  is_hns_enabled                    = true
  min_tls_version                   = "TLS1_2"
  public_network_access_enabled     = false
  shared_access_key_enabled         = false
  infrastructure_encryption_enabled = true
  tags                              = local.etiquettes

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.chiffrement.id]
  }

  lifecycle {
    ignore_changes = [customer_managed_key]
  }
}

resource "azurerm_storage_account_customer_managed_key" "entrepot" {
  storage_account_id        = azurerm_storage_account.entrepot.id
  key_vault_id              = azurerm_key_vault.socle.id
  key_name                  = azurerm_key_vault_key.socle.name
  user_assigned_identity_id = azurerm_user_assigned_identity.chiffrement.id
}

resource "azurerm_storage_data_lake_gen2_filesystem" "zone" {
  for_each = toset(["brut", "apparie", "diffuse"])

  name               = each.value
  storage_account_id = azurerm_storage_account.entrepot.id
}

resource "azurerm_storage_account" "depot" {
  name                          = "st${local.compact}depot"
  location                      = azurerm_resource_group.socle.location
  resource_group_name           = azurerm_resource_group.socle.name
  account_tier                  = "Standard"
  account_replication_type      = "LRS"
  min_tls_version               = "TLS1_2"
  public_network_access_enabled = false

  blob_properties {
    delete_retention_policy {
      days = 7
    }
  }
}
