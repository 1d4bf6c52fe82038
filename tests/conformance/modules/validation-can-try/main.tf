variable "cidr" {
  type    = string
  default = "10.0.0.0/16"
  validation {
    condition     = can(cidrhost(var.cidr, 0))
    error_message = "Not a CIDR block."
  }
}
variable "object" {
  type    = any
  default = { a = { b = 1 } }
  validation {
    condition     = try(var.object.a.b, 0) == 1 && !can(var.object.x.y)
    error_message = "Needs a.b."
  }
}
variable "name" {
  type    = string
  default = "abc-1"
  validation {
    condition     = can(regex("^[a-z]+-[0-9]$", var.name)) && length(var.name) < 10
    error_message = "Bad name: ${var.name}."
  }
}
output "all" { value = [var.cidr, var.object, var.name] }
