variable "any" { type = any }
variable "any_text" { type = any }
variable "list_any" { type = list(any) }
output "any" { value = var.any }
output "any_text" { value = var.any_text }
output "list_any" { value = var.list_any }
