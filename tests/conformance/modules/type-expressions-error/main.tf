variable "a" {
  type = foo
}
variable "b" {
  type = map(string, number)
}
variable "c" {
  type = optional(string)
}
variable "d" {
  type = object({ a = string, a = number })
}
variable "e" {
  type = list(optional(string))
}
variable "f" {
  type = object(string)
}
