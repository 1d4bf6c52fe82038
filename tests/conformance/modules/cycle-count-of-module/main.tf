module "a" {
  source = "./m"
  count  = module.b.n
}
module "b" {
  source = "./m"
  in     = length(module.a)
}
