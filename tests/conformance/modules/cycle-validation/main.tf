variable "a" {
  default = 1
  validation {
    condition     = var.a < local.max
    error_message = "e"
  }
}
locals { max = var.a + 1 }
output "a" { value = local.max }
