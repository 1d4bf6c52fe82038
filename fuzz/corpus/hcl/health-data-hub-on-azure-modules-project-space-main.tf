locals {
  tags         = merge(var.tags, { owner = var.owner, "data-classification" = "health" })
  account_name = substr(replace("st${var.name_prefix}${var.project}", "-", ""), 0, 24)
}

resource "azurerm_resource_group" "space" {
  name     = "rg-${var.name_prefix}-${var.project}"
  location = var.location
  tags     = local.tags
}

resource "azurerm_storage_account" "data" {
  name                          = local.account_name
  location                      = azurerm_resource_group.space.location
  resource_group_name           = azurerm_resource_group.space.name
  account_tier                  = "Standard"
  account_replication_type      = "ZRS"
  min_tls_version               = "TLS1_2"
  public_network_access_enabled = false
  shared_access_key_enabled     = false
  queue_encryption_key_type     = "Account"
  table_encryption_key_type     = "Account"
  tags                          = local.tags

  identity {
    type         = "UserAssigned"
    identity_ids = [var.encryption_identity]
  }

  customer_managed_key {
    key_vault_key_id          = var.key_vault_key_id
    user_assigned_identity_id = var.encryption_identity
  }
}

resource "azurerm_storage_container" "extracts" {
  name                  = "extracts"
  storage_account_id    = azurerm_storage_account.data.id
  container_access_type = "private"
}

resource "azurerm_postgresql_flexible_server" "analysis" {
  name                          = "psql-${var.name_prefix}-${var.project}"
  location                      = azurerm_resource_group.space.location
  resource_group_name           = azurerm_resource_group.space.name
  version                       = "16"
  sku_name                      = "MO_Standard_E4ds_v5"
  storage_mb                    = var.storage_gib * 1024
  zone                          = "1"
  delegated_subnet_id           = var.subnet_id
  private_dns_zone_id           = var.dns_zone_id
  public_network_access_enabled = false
  geo_redundant_backup_enabled  = false
  backup_retention_days         = 14
  tags                          = local.tags

  authentication {
    active_directory_auth_enabled = true
    password_auth_enabled         = false
    tenant_id                     = var.directory_id
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [var.encryption_identity]
  }

  customer_managed_key {
    key_vault_key_id                  = var.key_vault_key_id
    primary_user_assigned_identity_id = var.encryption_identity
  }
}

resource "azurerm_postgresql_flexible_server_database" "cohort" {
  name      = "cohort"
  server_id = azurerm_postgresql_flexible_server.analysis.id
  charset   = "UTF8"
  collation = "fr_FR.utf8"
}

resource "azurerm_monitor_diagnostic_setting" "database" {
  name                       = "audit"
  target_resource_id         = azurerm_postgresql_flexible_server.analysis.id
  log_analytics_workspace_id = var.log_workspace_id

  enabled_log {
    category = "PostgreSQLLogs"
  }
}
