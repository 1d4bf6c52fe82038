variable "token" { type = string }
output "length" { value = length(var.token) }
