# The disks and the store of secrets both lack a key, and neither is written: one finding. The database repeats its server.
resource "azurerm_kubernetes_cluster" "records" { # expect: encryption/no-customer-key
  name                = "records"
  resource_group_name = "data"
  location            = "francecentral"
  dns_prefix          = "records"
  tags                = { data-classification = "health" }

  default_node_pool {
    name       = "default"
    vm_size    = "Standard_D4s_v5"
    node_count = 3
  }
}

resource "azurerm_mssql_server" "records" { # expect: encryption/no-customer-key
  name                = "records"
  resource_group_name = "data"
  location            = "francecentral"
  version             = "12.0"
  tags                = { data-classification = "health" }
}

resource "azurerm_mssql_database" "records" {
  name      = "records"
  server_id = azurerm_mssql_server.records.id
}
