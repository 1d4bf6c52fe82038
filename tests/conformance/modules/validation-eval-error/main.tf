variable "list" {
  type    = list(string)
  default = []
  validation {
    condition     = var.list[0] == "x"
    error_message = "The first must be x."
  }
}
output "list" { value = var.list }
