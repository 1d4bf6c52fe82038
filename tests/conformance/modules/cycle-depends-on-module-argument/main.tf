module "a" {
  source = "./m"
  unused = terraform_data.r.id
}
resource "terraform_data" "r" { depends_on = [module.a] }
