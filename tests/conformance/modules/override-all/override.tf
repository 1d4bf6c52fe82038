variable "a" {
  default = "override"
}
output "a" { value = "override ${var.a}" }
terraform {
  required_providers {
    terraform = {
      source = "terraform.io/builtin/terraform"
    }
  }
}
