locals {
  v = 1
}
