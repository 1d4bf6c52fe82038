variable "secret" {
  type      = object({ user = string, password = string })
  sensitive = true
}
variable "token" {
  type      = string
  ephemeral = true
  default   = "t"
}
module "child" {
  source = "./child"
  secret = var.secret.password
  token  = var.token
}
resource "terraform_data" "holder" {
  input = { user = var.secret.user, plain = "p" }
  provisioner "local-exec" {
    command = "true ${var.token}"
  }
}
output "secret" {
  value     = var.secret
  sensitive = true
}
output "length" { value = nonsensitive(length(var.secret.password)) }
output "is" { value = [issensitive(var.secret), issensitive(var.secret.user), issensitive(nonsensitive(var.secret))] }
output "child" {
  value     = module.child.both
  sensitive = true
}
output "child_plain" { value = module.child.plain }
output "stripped" { value = ephemeralasnull(var.token) }
