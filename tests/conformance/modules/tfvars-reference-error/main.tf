variable "a" { default = "default" }
variable "b" { default = "default" }
output "a" { value = "${var.a}${var.b}" }
