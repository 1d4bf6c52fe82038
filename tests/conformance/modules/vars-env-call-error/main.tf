variable "any" { type = any }
output "any" { value = var.any }
