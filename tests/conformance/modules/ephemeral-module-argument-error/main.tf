variable "token" {
  type      = string
  ephemeral = true
  default   = "t"
}
module "child" {
  source = "./child"
  token  = var.token
}
