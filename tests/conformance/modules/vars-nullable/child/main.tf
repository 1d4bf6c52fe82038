variable "strict" {
  type     = string
  default  = "child strict"
  nullable = false
}
variable "loose" {
  type    = string
  default = "child loose"
}
variable "list" {
  type     = list(string)
  default  = []
  nullable = false
}
output "all" { value = [var.strict, var.loose, var.list] }
