resource "azurerm_log_analytics_workspace" "supervision" {
  name                       = "log-${local.prefixe}"
  location                   = var.region_supervision
  resource_group_name        = azurerm_resource_group.socle.name
  sku                        = "PerGB2018"
  retention_in_days          = 365
  internet_ingestion_enabled = false
  internet_query_enabled     = false
  tags                       = local.etiquettes
}

resource "azurerm_monitor_diagnostic_setting" "coffre" {
  name                       = "journal-des-acces"
  target_resource_id         = azurerm_key_vault.socle.id
  log_analytics_workspace_id = azurerm_log_analytics_workspace.supervision.id

  enabled_log {
    category = "AuditEvent"
  }
}
