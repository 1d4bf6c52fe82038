module "child" {
  source = "./child"
  needed = "x"
  extra  = 1
}
