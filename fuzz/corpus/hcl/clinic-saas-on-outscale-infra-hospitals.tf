module "hospital" {
  source   = "./modules/hospital"
  for_each = var.hospitals

  name            = each.key
  sensibilite     = each.value.sensibilite
  servers         = each.value.servers
  storage_gib     = each.value.storage_gib
  net_id          = outscale_net.production.net_id
  ip_range        = cidrsubnet(local.ip_range, 8, each.value.index)
  subregion       = local.subregion
  entry_subnet_id = outscale_subnet.entry.subnet_id
  entry_group_id  = outscale_security_group.entry.security_group_id
  image_id        = var.image_id
  keypair_name    = var.keypair_name
}
