variable "a" { type = list(number) }
output "a" { value = var.a }
