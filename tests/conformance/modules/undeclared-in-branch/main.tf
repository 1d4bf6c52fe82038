locals {
  a = true ? 1 : var.nothing
}
