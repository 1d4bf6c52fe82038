variable "b" {
  default = upper("x")
}
