variable "secret" {
  default   = { a = "s" }
  sensitive = true
}
module "m" {
  source   = "./m"
  for_each = var.secret
}
