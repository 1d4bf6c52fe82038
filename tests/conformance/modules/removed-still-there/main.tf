resource "terraform_data" "gone" { input = 1 }
removed {
  from = terraform_data.gone
  lifecycle {
    destroy = false
  }
}
