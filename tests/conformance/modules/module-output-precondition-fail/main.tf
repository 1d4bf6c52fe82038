module "child" {
  source = "./child"
  size   = 4
}
output "size" { value = module.child.size }
