locals {
  a = <<EOT
one
two
EOT
  b = [
    1,
    2
  ]
}
output "a" {
  value = local.a
}
output "b" { value = local.b }
