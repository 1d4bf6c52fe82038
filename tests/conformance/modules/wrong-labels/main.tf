resource "terraform_data" {
}
variable "a" "b" {
}
