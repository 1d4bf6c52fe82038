module "a" {
  source = "./a"
  secret = sensitive("x")
}
output "secret" {
  value = module.a.secret
}
