resource "azurerm_resource_group" "socle" {
  name     = "rg-${local.prefixe}-socle"
  location = var.region
  tags     = local.etiquettes
}

module "reseau" {
  source = "./modules/network"

  nom            = "vnet-${local.prefixe}"
  region         = azurerm_resource_group.socle.location
  groupe         = azurerm_resource_group.socle.name
  plage_adresses = var.plage_adresses
  sous_reseaux   = local.sous_reseaux
  etiquettes     = local.etiquettes
}

resource "azurerm_private_dns_zone" "bases" {
  name                = "${local.prefixe}.postgres.database.azure.com"
  resource_group_name = azurerm_resource_group.socle.name
  tags                = local.etiquettes
}

resource "azurerm_private_dns_zone_virtual_network_link" "bases" {
  name                  = "bases"
  resource_group_name   = azurerm_resource_group.socle.name
  private_dns_zone_name = azurerm_private_dns_zone.bases.name
  virtual_network_id    = module.reseau.id
}
