module "child" {
  for_each = toset(["a", "bb"])
  source   = "./child"
  name     = each.key
}
output "names" { value = [for m in module.child : m.name] }
