locals { v = 1 }
resource "terraform_data" "c" {
  lifecycle {
    replace_triggered_by = [local.v]
  }
}
