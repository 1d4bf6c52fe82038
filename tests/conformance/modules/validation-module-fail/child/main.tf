variable "name" {
  type = string
  validation {
    condition     = length(var.name) == 1
    error_message = "One letter, not ${var.name}."
  }
}
output "name" { value = var.name }
