module "a" {
  source     = "./m"
  in         = 1
  depends_on = [module.b]
}
module "b" {
  source = "./m"
  in     = module.a.out
}
