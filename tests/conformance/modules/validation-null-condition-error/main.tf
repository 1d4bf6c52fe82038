variable "flag" {
  type    = bool
  default = null
  validation {
    condition     = var.flag
    error_message = "Must be true."
  }
}
output "flag" { value = var.flag }
