check "a" {
  assert {
    condition     = terraform_data.a.id != ""
    error_message = "e"
  }
}
check "a" {
  assert {
    condition     = terraform_data.a.id != ""
    error_message = "e"
  }
}
resource "terraform_data" "a" {}
