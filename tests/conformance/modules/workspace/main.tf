locals {
  sizes = { default = 1, staging = 2 }
}
resource "terraform_data" "a" {
  count = local.sizes[terraform.workspace]
  input = "${terraform.workspace}-${count.index}"
}
output "workspace" { value = terraform.workspace }
