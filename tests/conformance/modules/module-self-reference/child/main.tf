variable "name" {}
output "name" { value = "n" }
output "echo" { value = var.name }
