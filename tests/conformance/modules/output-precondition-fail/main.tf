variable "size" { default = 3 }
output "size" {
  value = var.size
  precondition {
    condition     = var.size < 3
    error_message = "Size ${var.size} is too large."
  }
}
