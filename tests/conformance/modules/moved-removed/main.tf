locals { ids = { a = "1", b = "2" } }
resource "terraform_data" "new" {
  for_each = local.ids
  input    = each.value
}
module "new" {
  source = "./child"
}
moved {
  from = terraform_data.old
  to   = terraform_data.new["a"]
}
moved {
  from = module.old
  to   = module.new
}
removed {
  from = terraform_data.gone
  lifecycle {
    destroy = false
  }
}
output "new" { value = { for k, d in terraform_data.new : k => d.input } }
