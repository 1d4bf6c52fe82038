module "child" {
  source = "./child"
  needed = null
}
