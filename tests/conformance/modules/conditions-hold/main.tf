variable "size" { default = 3 }
resource "terraform_data" "a" {
  count = 2
  input = var.size + count.index
  lifecycle {
    precondition {
      condition     = var.size > count.index
      error_message = "Too small."
    }
    postcondition {
      condition     = self.input < 10 && self.output != ""
      error_message = "Too large: ${self.input}."
    }
  }
}
output "sum" {
  value = sum(terraform_data.a[*].input)
  precondition {
    condition     = length(terraform_data.a) == var.size - 1
    error_message = "Wrong number."
  }
}
check "ids" {
  assert {
    condition     = terraform_data.a[0].id != ""
    error_message = "Only known later."
  }
}
