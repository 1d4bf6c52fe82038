variable "a" {
  type        = string
  default     = "main"
  description = "kept"
}
variable "list" {
  default = "main"
}
locals {
  x = "main"
  y = "main"
}
output "a" { value = "main ${var.a}" }
output "secret" {
  value = var.list
}
resource "terraform_data" "r" {
  count            = 1
  input            = "main"
  triggers_replace = "main"
  lifecycle {
    create_before_destroy = true
    prevent_destroy       = true
  }
  depends_on = [terraform_data.q]
}
resource "terraform_data" "q" { input = local.x }
module "m" {
  source = "./one"
  name   = "main"
  count  = 1
}
output "m" { value = module.m }
output "xy" { value = [local.x, local.y] }
