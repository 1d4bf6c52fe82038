module "espace" {
  source   = "./modules/project-space"
  for_each = var.projets

  project             = each.key
  owner               = each.value.responsable
  location            = var.region
  name_prefix         = local.prefixe
  storage_gib         = each.value.volume_gio
  key_vault_key_id    = azurerm_key_vault_key.projet[each.value.cle].versionless_id
  encryption_identity = azurerm_user_assigned_identity.chiffrement.id
  directory_id        = data.azurerm_client_config.current.tenant_id
  subnet_id           = module.reseau.sous_reseaux["bases"]
  dns_zone_id         = azurerm_private_dns_zone.bases.id
  log_workspace_id    = azurerm_log_analytics_workspace.supervision.id

  tags = merge(local.etiquettes, { beneficiaire = each.key })

  depends_on = [azurerm_private_dns_zone_virtual_network_link.bases]
}
