output "storage_account_id" {
  value = azurerm_storage_account.data.id
}

output "database_fqdn" {
  value = azurerm_postgresql_flexible_server.analysis.fqdn
}
