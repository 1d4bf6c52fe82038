variable "quoted" {
  type    = "list"
  default = ["x"]
}
output "quoted" { value = var.quoted }
