variable "flag" {
  type    = bool
  default = true
  validation {
    condition = var.flag
  }
}
output "flag" { value = var.flag }
