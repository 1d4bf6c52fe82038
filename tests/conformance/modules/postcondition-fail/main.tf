resource "terraform_data" "a" {
  for_each = { x = 1, y = 20 }
  input    = each.value
  lifecycle {
    postcondition {
      condition     = self.input < 10
      error_message = "${each.key} is too large: ${self.input}."
    }
  }
}
output "values" { value = [for d in terraform_data.a : d.input] }
