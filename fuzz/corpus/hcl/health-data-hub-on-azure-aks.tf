resource "azurerm_container_registry" "images" {
  name                          = "acr${local.compact}"
  location                      = azurerm_resource_group.socle.location
  resource_group_name           = azurerm_resource_group.socle.name
  sku                           = "Premium"
  admin_enabled                 = false
  public_network_access_enabled = false
  tags                          = merge(local.etiquettes, { sensibilite = "interne", donnees = "interne" })
}

resource "azurerm_kubernetes_cluster" "calcul" {
  name                      = "aks-${local.prefixe}"
  location                  = azurerm_resource_group.socle.location
  resource_group_name       = azurerm_resource_group.socle.name
  dns_prefix                = local.prefixe
  kubernetes_version        = "1.33"
  private_cluster_enabled   = true
  local_account_disabled    = true
  oidc_issuer_enabled       = true
  workload_identity_enabled = true
  disk_encryption_set_id    = azurerm_disk_encryption_set.socle.id
  tags                      = local.etiquettes

  default_node_pool {
    name                    = "systeme"
    vm_size                 = "Standard_D4s_v5"
    node_count              = 3
    zones                   = ["1", "2", "3"]
    host_encryption_enabled = true
    vnet_subnet_id          = module.reseau.sous_reseaux["aks"]
  }

  azure_active_directory_role_based_access_control {
    azure_rbac_enabled     = true
    admin_group_object_ids = [var.groupe_administrateurs]
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.chiffrement.id]
  }

  key_management_service {
    key_vault_key_id         = azurerm_key_vault_key.socle.id
    key_vault_network_access = "Public"
  }

  oms_agent {
    log_analytics_workspace_id = azurerm_log_analytics_workspace.supervision.id
  }
}

resource "azurerm_kubernetes_cluster_node_pool" "etudes" {
  name                    = "etudes"
  kubernetes_cluster_id   = azurerm_kubernetes_cluster.calcul.id
  vm_size                 = "Standard_E16s_v5"
  node_count              = 4
  host_encryption_enabled = true
  vnet_subnet_id          = module.reseau.sous_reseaux["aks"]
  node_labels             = { usage = "etudes" }
  node_taints             = ["usage=etudes:NoSchedule"]
  tags                    = local.etiquettes
}
