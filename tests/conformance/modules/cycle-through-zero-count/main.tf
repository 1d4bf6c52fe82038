resource "terraform_data" "a" {
  count = 0
  input = terraform_data.b.input
}
resource "terraform_data" "b" {
  input = length(terraform_data.a)
}
