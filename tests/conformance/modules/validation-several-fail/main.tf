variable "cidr" {
  type = string
  validation {
    condition     = can(cidrhost(var.cidr, 0))
    error_message = "Not a CIDR block."
  }
}
variable "name" {
  type = string
  validation {
    condition     = length(var.name) > 3
    error_message = "Too short."
  }
  validation {
    condition     = can(regex("^[a-z]+$", var.name))
    error_message = "Not a word."
  }
}
output "all" { value = [var.cidr, var.name] }
