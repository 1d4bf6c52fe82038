variable "region" {}
variable "cidr" {}
variable "secret" {}
module "db" {
  source = "../db"
  region = var.region
  subnet = cidrsubnet(var.cidr, 8, 1)
  secret = var.secret
}
output "endpoint" { value = module.db.endpoint }
output "deep" { value = { regions = { (var.region) = [module.db.endpoint] } } }
output "secret" { value = module.db.secret }
