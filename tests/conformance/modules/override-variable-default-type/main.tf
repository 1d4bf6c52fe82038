variable "v" {
  type    = string
  default = "x"
}
output "v" { value = var.v }
