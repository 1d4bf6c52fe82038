locals {
  a = each.key
}
output "b" {
  value = count.index
}
output "c" {
  value = self.id
}
output "d" {
  value = path.nothing
}
output "e" {
  value = terraform.nothing
}
output "f" {
  value = foo
}
