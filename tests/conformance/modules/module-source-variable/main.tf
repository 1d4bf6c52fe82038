variable "where" { default = "./child" }
module "child" {
  source = var.where
}
