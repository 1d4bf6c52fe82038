variable "a" {
  default = "a_override"
}
variable "list" {
  type    = list(string)
  default = ["1"]
}
locals {
  x = "a_override"
}
output "secret" {
  sensitive = true
}
resource "terraform_data" "r" {
  count = 2
  input = "a_override ${count.index}"
  lifecycle {
    prevent_destroy = false
  }
}
module "m" {
  source = "./two"
}
