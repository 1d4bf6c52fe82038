variable "enabled" { default = true }
module "map" {
  source   = "./child"
  for_each = { b = 2, a = 1 }
  name     = each.key
  size     = each.value
}
module "many" {
  source = "./child"
  count  = 3
  name   = "n${count.index}"
  size   = count.index
}
module "maybe" {
  source = "./child"
  count  = var.enabled ? 1 : 0
  name   = "maybe"
}
module "never" {
  source = "./child"
  count  = var.enabled ? 0 : 1
  name   = "never"
}
output "map_names" { value = { for k, m in module.map : k => m.name } }
output "map_values" { value = values(module.map)[*].size }
output "map_one" { value = module.map["a"].name }
output "many_splat" { value = module.many[*].name }
output "many_last" { value = module.many[length(module.many) - 1].size }
output "many_legacy" { value = module.many.*.size }
output "maybe" { value = one(module.maybe[*].name) }
output "never" { value = one(module.never[*].name) }
output "never_try" { value = try(module.never[0].name, "fallback") }
output "never_all" { value = module.never }
output "keys" { value = keys(module.map) }
output "counts" { value = [length(module.map), length(module.many), length(module.never)] }
output "flat" { value = flatten([for m in module.many : [for i in range(m.size) : "${m.name}-${i}"]]) }
output "ids" { value = module.many[*].id }
output "whole" { value = module.maybe[0] }
