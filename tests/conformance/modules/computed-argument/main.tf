resource "terraform_data" "a" {
  output = 1
  id     = "x"
}
