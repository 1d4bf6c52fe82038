variable "in" {}
resource "terraform_data" "r" { input = local.l }
locals { l = terraform_data.s.input }
resource "terraform_data" "s" {
  input      = var.in
  depends_on = [terraform_data.r]
}
output "out" { value = terraform_data.r.id }
