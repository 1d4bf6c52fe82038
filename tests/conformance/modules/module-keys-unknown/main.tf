resource "terraform_data" "n" { input = "x" }
module "child" {
  source   = "./child"
  for_each = toset([terraform_data.n.id])
}
