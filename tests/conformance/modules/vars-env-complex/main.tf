variable "list" { type = list(string) }
variable "object" { type = object({ name = string, size = optional(number, 3), tags = map(string) }) }
variable "any" { type = any }
variable "untyped" {}
variable "text" { type = string }
variable "number" { type = number }
variable "flag" { type = bool }
variable "set" { type = set(number) }
variable "tuple" { type = tuple([string, number]) }
variable "nullable" {
  type    = string
  default = "fallback"
}
variable "null_list" {
  type    = list(string)
  default = ["fallback"]
}
output "list" { value = var.list }
output "object" { value = var.object }
output "any" { value = var.any }
output "untyped" { value = var.untyped }
output "text" { value = var.text }
output "number" { value = var.number + 1 }
output "flag" { value = !var.flag }
output "set" { value = var.set }
output "tuple" { value = var.tuple }
output "nullable" { value = var.nullable }
output "null_list" { value = var.null_list == null }
