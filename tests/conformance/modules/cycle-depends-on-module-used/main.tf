module "a" {
  source = "./m"
  used   = terraform_data.r.id
}
resource "terraform_data" "r" { depends_on = [module.a] }
