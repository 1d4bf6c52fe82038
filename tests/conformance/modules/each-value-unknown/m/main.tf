variable "in" { type = any }
output "out" { value = try(var.in.a, "none") }
