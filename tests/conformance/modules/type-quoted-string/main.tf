variable "quoted" {
  type    = "string"
  default = "x"
}
output "quoted" { value = var.quoted }
