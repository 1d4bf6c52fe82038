module "a" {
  source = "./m"
  first  = "x"
  second = module.b.first
}
module "b" {
  source = "./m"
  first  = module.a.first
  second = module.a.second
}
output "b" { value = module.b }
