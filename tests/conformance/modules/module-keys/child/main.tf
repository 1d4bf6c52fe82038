variable "name" { type = string }
variable "size" {
  type    = number
  default = 7
}
resource "terraform_data" "c" {
  count = var.size > 0 ? 1 : 0
  input = { name = var.name, module = path.module, root = path.root }
}
output "name" { value = upper(var.name) }
output "size" { value = var.size }
output "id" { value = one(terraform_data.c[*].id) }
