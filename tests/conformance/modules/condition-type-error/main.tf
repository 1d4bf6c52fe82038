resource "terraform_data" "a" {
  lifecycle {
    precondition {
      condition     = "maybe"
      error_message = "No boolean."
    }
  }
}
