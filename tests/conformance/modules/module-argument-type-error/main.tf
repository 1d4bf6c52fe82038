module "child" {
  source = "./child"
  needed = "x"
}
