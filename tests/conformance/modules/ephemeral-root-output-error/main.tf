variable "token" {
  type      = string
  ephemeral = true
  default   = "t"
}

output "token" {
  value     = var.token
  ephemeral = true
}
