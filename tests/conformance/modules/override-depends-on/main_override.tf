resource "terraform_data" "s" {
  depends_on = [terraform_data.r]
}
