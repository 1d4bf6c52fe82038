module "child" {
  source = "./child"
  other  = 1
}
