locals {
  unused = tonumber("x")
}
