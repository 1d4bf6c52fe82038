variable "in" { default = 1 }
output "n" { value = var.in }
