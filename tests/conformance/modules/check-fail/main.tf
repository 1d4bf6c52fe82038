variable "size" { default = 3 }
check "size" {
  assert {
    condition     = var.size < 3
    error_message = "Size ${var.size} is too large."
  }
  assert {
    condition     = var.size > 0
    error_message = "Fine."
  }
}
output "size" { value = var.size }
