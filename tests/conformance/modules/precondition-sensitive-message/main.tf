variable "secret" {
  default   = "s3cret"
  sensitive = true
}
resource "terraform_data" "a" {
  input = "x"
  lifecycle {
    precondition {
      condition     = var.secret == "other"
      error_message = "Wrong secret ${var.secret}."
    }
  }
}
