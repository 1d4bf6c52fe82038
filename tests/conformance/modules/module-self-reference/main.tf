module "child" {
  source = "./child"
  name   = module.child.name
}
