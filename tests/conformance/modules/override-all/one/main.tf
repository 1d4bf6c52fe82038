variable "name" {}
output "name" { value = "one ${var.name}" }
