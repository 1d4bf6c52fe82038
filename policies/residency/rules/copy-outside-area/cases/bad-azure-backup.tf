# The machine and the server are in France; the vaults that save them are not. Said once, of what is saved.
resource "azurerm_linux_virtual_machine" "records" { # expect: residency/copy-outside-area
  name     = "records"
  location = "francecentral"
  tags     = { data-classification = "health" }
}

resource "azurerm_recovery_services_vault" "machines" {
  name              = "machines"
  location          = "eastus"
  storage_mode_type = "LocallyRedundant"
}

resource "azurerm_backup_protected_vm" "records" {
  recovery_vault_name = azurerm_recovery_services_vault.machines.name
  source_vm_id        = azurerm_linux_virtual_machine.records.id
}

resource "azurerm_postgresql_flexible_server" "records" { # expect: residency/copy-outside-area
  name                         = "records"
  location                     = "francecentral"
  geo_redundant_backup_enabled = false
  tags                         = { data-classification = "health" }
}

resource "azurerm_data_protection_backup_vault" "servers" {
  name       = "servers"
  location   = "uksouth"
  redundancy = "LocallyRedundant"
}

resource "azurerm_data_protection_backup_instance_postgresql_flexible_server" "records" {
  name      = "records"
  location  = "uksouth"
  vault_id  = azurerm_data_protection_backup_vault.servers.id
  server_id = azurerm_postgresql_flexible_server.records.id
}
