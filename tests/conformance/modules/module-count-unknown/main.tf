resource "terraform_data" "n" { input = "x" }
module "child" {
  source = "./child"
  count  = length(terraform_data.n.id)
}
