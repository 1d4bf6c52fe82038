variable "region" {}
variable "subnet" {}
variable "secret" {}
resource "terraform_data" "db" {
  input = { region = var.region, subnet = var.subnet, password = var.secret }
}
output "endpoint" { value = "${terraform_data.db.input.region}:${terraform_data.db.input.subnet}" }
output "secret" { value = terraform_data.db.input.password }
