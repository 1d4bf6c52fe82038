variable "list" { default = [] }
check "first" {
  assert {
    condition     = var.list[0] == "x"
    error_message = "No first."
  }
}
output "list" { value = var.list }
