module "a" {
  for_each = toset(["x"])
  source   = "./m"
  used     = each.key
  unused   = module.b.out
}
module "b" {
  source = "./m"
  used   = join(",", [for a in module.a : a.out])
  unused = 1
}
output "b" { value = module.b.out }
