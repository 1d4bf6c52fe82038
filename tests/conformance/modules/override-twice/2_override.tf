resource "terraform_data" "r" {
  input = "second"
}
resource "terraform_data" "r" {
  input = "third"
}
