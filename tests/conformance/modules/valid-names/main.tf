variable "é" { default = 1 }
locals {
  a-b = var.é
  _c  = local.a-b + 1
}
resource "terraform_data" "_x-1" { input = local._c }
output "é-out" { value = terraform_data._x-1.input }
