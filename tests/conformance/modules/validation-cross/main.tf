variable "min" { type = number }
variable "max" {
  type = number
  validation {
    condition     = var.max > var.min
    error_message = "The maximum ${var.max} is not above the minimum ${var.min}."
  }
  validation {
    condition     = contains(local.allowed, var.max)
    error_message = "Not allowed."
  }
  validation {
    condition     = var.max < terraform_data.limit.input
    error_message = "Above the limit."
  }
}
variable "anything" {
  default = "x"
  validation {
    condition     = length("${var.anything}${terraform_data.limit.id}") > 3
    error_message = "Not known until apply."
  }
}
locals { allowed = [5, 6] }
resource "terraform_data" "limit" { input = 10 }
output "max" { value = var.max }
