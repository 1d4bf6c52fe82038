resource "terraform_data" "a" {
  input            = { x = 1, y = "z" }
  triggers_replace = [local.v, terraform_data.b.id, null]
}
resource "terraform_data" "b" {
  triggers_replace = local.v
}
resource "terraform_data" "c" {
  input = terraform_data.b.output
  lifecycle {
    replace_triggered_by = [terraform_data.a.id, terraform_data.many[0], terraform_data.each["x"].input]
    ignore_changes       = [input]
    prevent_destroy      = true
  }
}
resource "terraform_data" "many" {
  count = 2
  lifecycle {
    replace_triggered_by = [terraform_data.a, terraform_data.listed[count.index]]
    ignore_changes       = all
  }
}
resource "terraform_data" "each" {
  for_each = toset(["x", "y"])
  input    = each.value
}
locals { v = "1" }
output "a" { value = terraform_data.a.output }
output "b" { value = [terraform_data.b.output, terraform_data.b.triggers_replace] }
output "t" { value = terraform_data.a.triggers_replace[0] }
resource "terraform_data" "listed" { count = 2 }
