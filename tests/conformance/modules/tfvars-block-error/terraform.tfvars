variable "a" {
  default = "mistaken"
}
