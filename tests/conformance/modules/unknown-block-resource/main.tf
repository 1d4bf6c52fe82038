resource "terraform_data" "a" {
  inputs {
    a = 1
  }
}
