module "a" {
  for_each = toset(["x"])
  source   = "./m"
  used     = each.key
  unused   = module.b["x"].out
}
module "b" {
  for_each = toset(["x"])
  source   = "./m"
  used     = module.a["x"].out
  unused   = 1
}
output "b" { value = module.b["x"].out }
