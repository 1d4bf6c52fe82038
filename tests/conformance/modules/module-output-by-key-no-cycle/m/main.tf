variable "used" {}
variable "unused" {}
output "out" { value = var.used }
