variable "strict" {
  type     = string
  default  = null
  nullable = false
}
output "strict" { value = var.strict }
