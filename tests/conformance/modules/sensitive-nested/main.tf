variable "secret" {
  default   = "s"
  sensitive = true
}
locals {
  object = { open = 1, closed = var.secret, list = [var.secret, "open"] }
}
resource "terraform_data" "a" {
  input = local.object
}
resource "terraform_data" "b" {
  input            = "x"
  triggers_replace = sensitive(["a"])
}
output "open" { value = local.object.open }
output "keys" { value = keys(local.object) }
output "length" { value = length(local.object.list) }
output "marks" { value = { for k, v in local.object : k => issensitive(v) } }
output "all" {
  value     = local.object
  sensitive = true
}
