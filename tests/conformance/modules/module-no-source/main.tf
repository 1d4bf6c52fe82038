module "child" {
  needed = "x"
}
