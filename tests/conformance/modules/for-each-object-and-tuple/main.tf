resource "terraform_data" "object" {
  for_each = { a = 1, b = "two", c = [3] }
  input    = each.value
}
resource "terraform_data" "chain" {
  for_each = terraform_data.object
  input    = each.value.input
}
resource "terraform_data" "empty" {
  for_each = {}
}
resource "terraform_data" "set" {
  for_each = toset(["b", "a", "b"])
  input    = each.key == each.value
}
output "keys" { value = keys(terraform_data.chain) }
output "chain" { value = { for k, v in terraform_data.chain : k => v.input } }
output "empty" { value = terraform_data.empty }
output "set" { value = terraform_data.set["a"].input }
