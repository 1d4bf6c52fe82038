variable "strict" {
  type     = string
  nullable = false
}
output "strict" { value = var.strict }
