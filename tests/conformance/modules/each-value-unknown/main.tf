resource "terraform_data" "src" { input = { a = 1 } }
resource "terraform_data" "dst" {
  for_each = { x = terraform_data.src.id, y = "known", z = terraform_data.src.input.a }
  input    = { key = each.key, value = each.value, both = "${each.key}:${each.value}" }
}
module "m" {
  source   = "./m"
  for_each = { x = terraform_data.src.output, y = { a = "known" } }
  in       = each.value
}
output "dst" { value = { for k, d in terraform_data.dst : k => d.input.value } }
output "known" { value = terraform_data.dst["y"].input.both }
output "m" { value = module.m["y"].out }
output "m_unknown" { value = module.m["x"].out }
