variable "used" {}
variable "unused" {}
output "out" { value = var.used }
resource "terraform_data" "r" { input = var.unused }
