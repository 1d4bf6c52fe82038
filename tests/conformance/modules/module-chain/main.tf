module "network" {
  source  = "./modules/network"
  regions = ["fr-par", "nl-ams"]
}
module "app" {
  source   = "./modules/app"
  for_each = module.network.by_region
  region   = each.key
  cidr     = each.value.cidr
  secret   = sensitive("s-${each.key}")
}
output "endpoints" { value = { for k, a in module.app : k => a.endpoint } }
output "deep" { value = module.app["fr-par"].deep.regions["fr-par"][0] }
output "secrets" {
  value     = [for a in module.app : a.secret]
  sensitive = true
}
