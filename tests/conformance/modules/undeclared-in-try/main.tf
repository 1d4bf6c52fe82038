output "a" {
  value = try(var.nothing, local.nothing, 1)
}
