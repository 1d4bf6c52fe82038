variable "key" {}
variable "zone" {}
resource "terraform_data" "inner" {
  count = 1
  input = { k = var.key, z = var.zone, p = path.module }
}
output "out" { value = terraform_data.inner[0].id }
