variable "name" {}
output "name" { value = "two ${var.name}" }
