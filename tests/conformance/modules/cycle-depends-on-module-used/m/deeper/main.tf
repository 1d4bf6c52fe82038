variable "used" {}
resource "terraform_data" "r" { input = var.used }
