variable "strict" {
  type     = string
  default  = "strict default"
  nullable = false
}
variable "loose" {
  type    = string
  default = "loose default"
}
variable "none" {
  type    = object({ a = optional(string, "x") })
  default = null
}
module "nulls" {
  source = "./child"
  strict = null
  loose  = null
}
module "unset" {
  source = "./child"
}
module "list" {
  source = "./child"
  strict = var.strict
  list   = null
}
output "strict" { value = var.strict }
output "loose" { value = var.loose }
output "none" { value = var.none }
output "nulls" { value = module.nulls.all }
output "unset" { value = module.unset.all }
output "list" { value = module.list.all }
