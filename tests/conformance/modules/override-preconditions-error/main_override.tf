resource "terraform_data" "r" {
  lifecycle {
    precondition {
      condition     = terraform_data.s.input == 1
      error_message = "e"
    }
  }
}
resource "terraform_data" "r" {
  input = 2
}
