output "a" {
  value = module.nothing.x
}
