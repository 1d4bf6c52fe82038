variable "used" {}
module "deeper" {
  source = "./deeper"
  used   = var.used
}
