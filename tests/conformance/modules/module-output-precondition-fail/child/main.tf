variable "size" { type = number }
output "size" {
  value = var.size
  precondition {
    condition     = var.size < 3
    error_message = "Size ${var.size} is too large."
  }
}
