locals {
  a = nothing("x")
}
