variable "secret" { type = string }
variable "token" {
  type      = string
  ephemeral = true
}
output "both" {
  value     = "${var.secret}!"
  sensitive = true
}
output "plain" { value = "plain" }
output "token" {
  value     = var.token
  ephemeral = true
}
