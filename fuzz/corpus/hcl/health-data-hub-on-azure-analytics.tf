resource "azurerm_resource_group" "analyse" {
  name     = "rg-${local.prefixe}-analyse"
  location = "France Central"
  tags     = local.etiquettes
}

resource "azurerm_synapse_workspace" "analyse" {
  name                                 = "syn-${local.prefixe}"
  location                             = azurerm_resource_group.analyse.location
  resource_group_name                  = azurerm_resource_group.analyse.name
  storage_data_lake_gen2_filesystem_id = azurerm_storage_data_lake_gen2_filesystem.zone["apparie"].id
  managed_virtual_network_enabled      = true
  data_exfiltration_protection_enabled = true
  public_network_access_enabled        = false
  azuread_authentication_only          = true
  tags                                 = local.etiquettes

  customer_managed_key {
    key_name                  = "socle"
    key_versionless_id        = azurerm_key_vault_key.socle.versionless_id
    user_assigned_identity_id = azurerm_user_assigned_identity.chiffrement.id
  }

  identity {
    type         = "SystemAssigned, UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.chiffrement.id]
  }
}

resource "azurerm_synapse_spark_pool" "appariement" {
  name                 = "appariement"
  synapse_workspace_id = azurerm_synapse_workspace.analyse.id
  node_size_family     = "MemoryOptimized"
  node_size            = "Medium"
  spark_version        = "3.4"
  tags                 = local.etiquettes

  auto_scale {
    min_node_count = 3
    max_node_count = 12
  }

  auto_pause {
    delay_in_minutes = 15
  }
}

resource "azurerm_databricks_workspace" "exploration" {
  name                                  = "dbw-${local.prefixe}"
  location                              = azurerm_resource_group.analyse.location
  resource_group_name                   = azurerm_resource_group.analyse.name
  sku                                   = "premium"
  public_network_access_enabled         = false
  network_security_group_rules_required = "NoAzureDatabricksRules"
  infrastructure_encryption_enabled     = true
  managed_services_cmk_key_vault_key_id = azurerm_key_vault_key.socle.id
  managed_disk_cmk_key_vault_key_id     = azurerm_key_vault_key.socle.id
  tags                                  = local.etiquettes
}
