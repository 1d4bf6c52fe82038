locals {
  unused_fine = try(tonumber("x"), 1)
  many        = { for i in range(3) : "k${i}" => local.by[i] }
  by          = [for i in range(3) : i * i]
}
output "many" { value = local.many }
