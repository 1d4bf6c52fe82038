resource "terraform_data" "null" {
  for_each = null
}
resource "terraform_data" "number" {
  for_each = 3
}
resource "terraform_data" "numbers" {
  for_each = toset([1, 2])
}
resource "terraform_data" "null_in_set" {
  for_each = toset(["a", null])
}
resource "terraform_data" "text" {
  for_each = "text"
}
resource "terraform_data" "typed_null" {
  for_each = tomap(null)
}
