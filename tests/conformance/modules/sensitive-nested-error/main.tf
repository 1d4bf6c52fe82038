variable "secret" {
  default   = "s"
  sensitive = true
}
output "all" {
  value = { a = [{ b = var.secret }] }
}
