variable "flag" { default = true }
locals {
  a = var.flag ? 1 : local.b
  b = local.a
}
output "a" { value = local.a }
