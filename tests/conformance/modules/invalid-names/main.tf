variable "1a" {}
variable "a b" {}
output "b.c" { value = 1 }
resource "terraform_data" "x y" {}
module "m.n" {
  source = "./m"
}
locals {
  ok = 1
}
