resource "terraform_data" "a" {
  input = 1
  lifecycle {
    precondition {
      condition     = terraform_data.b.input == 1
      error_message = "b needs a"
    }
  }
}
resource "terraform_data" "b" { input = terraform_data.a.input }
