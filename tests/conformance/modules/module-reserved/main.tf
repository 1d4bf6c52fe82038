module "child" {
  source = "./child"
  lifecycle {
    prevent_destroy = true
  }
  provider = terraform
}
