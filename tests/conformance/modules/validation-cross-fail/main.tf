variable "min" { type = number }
variable "max" {
  type = number
  validation {
    condition     = var.max > var.min
    error_message = "The maximum ${var.max} is not above the minimum ${var.min}."
  }
}
output "max" { value = var.max }
