module "a" {
  source = "./m"
  in     = module.b.out
}
module "b" {
  source = "./m"
  in     = 1
}
output "x" { value = module.a.out }
