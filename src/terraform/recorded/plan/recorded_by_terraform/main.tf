variable "region" { default = "eu-west-3" }
variable "secret" {
  default   = "hunter2"
  sensitive = true
}
variable "names" { default = { a = "x", b = "y" } }
locals { l = "${var.region}-l" }
resource "terraform_data" "key" {
  for_each = var.names
  input    = each.value
}
resource "terraform_data" "store" {
  for_each = var.names
  input    = { key = terraform_data.key[each.key].id, region = var.region, loc = local.l, sec = var.secret }
}
resource "terraform_data" "single" {
  input            = module.m["one"].out
  triggers_replace = [for k in terraform_data.key : k.id]
}
resource "terraform_data" "counted" {
  count = 2
  input = terraform_data.key["a"].output
}
module "m" {
  source   = "./mod"
  for_each = toset(["one"])
  key      = terraform_data.key["a"].id
  zone     = local.l
}
data "terraform_remote_state" "rs" {
  backend = "local"
  config  = { path = "${path.module}/other.tfstate" }
}
output "o" {
  value = terraform_data.single.id
}
output "s" {
  value     = var.secret
  sensitive = true
}
