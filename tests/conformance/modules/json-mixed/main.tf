variable "from_hcl" { default = "hcl" }
locals { hcl = "${local.json}-${var.from_json[0]}" }
output "hcl" { value = local.hcl }
output "child" { value = module.child }
output "data" { value = [for d in terraform_data.many : d.input] }
