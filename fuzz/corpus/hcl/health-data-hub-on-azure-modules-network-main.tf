variable "nom" {
  type = string
}

variable "region" {
  type = string
}

variable "groupe" {
  type = string
}

variable "plage_adresses" {
  type = string
}

variable "sous_reseaux" {
  type = map(object({ bits = number, index = number }))
}

variable "etiquettes" {
  type    = map(string)
  default = {}
}

resource "azurerm_virtual_network" "this" {
  name                = var.nom
  location            = var.region
  resource_group_name = var.groupe
  address_space       = [var.plage_adresses]
  tags                = var.etiquettes
}

resource "azurerm_subnet" "this" {
  for_each = var.sous_reseaux

  name                 = "snet-${each.key}"
  resource_group_name  = var.groupe
  virtual_network_name = azurerm_virtual_network.this.name
  address_prefixes     = [cidrsubnet(var.plage_adresses, each.value.bits, each.value.index)]

  dynamic "delegation" {
    for_each = each.key == "bases" ? ["Microsoft.DBforPostgreSQL/flexibleServers"] : []

    content {
      name = "postgresql"

      service_delegation {
        name    = delegation.value
        actions = ["Microsoft.Network/virtualNetworks/subnets/join/action"]
      }
    }
  }
}

output "id" {
  value = azurerm_virtual_network.this.id
}

output "sous_reseaux" {
  description = "Identifiants des sous-réseaux, par nom."
  value       = { for nom, sous_reseau in azurerm_subnet.this : nom => sous_reseau.id }
}
