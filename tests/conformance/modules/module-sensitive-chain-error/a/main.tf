variable "secret" {}
output "secret" {
  value = "${var.secret}!"
}
