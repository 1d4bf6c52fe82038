variable "list" {
  type    = list
  default = [1, "a"]
}
variable "map" {
  type    = map
  default = { a = 1, b = true }
}
output "list" { value = var.list }
output "map" { value = var.map }
