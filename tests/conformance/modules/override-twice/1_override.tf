resource "terraform_data" "r" {
  input = "first"
}
