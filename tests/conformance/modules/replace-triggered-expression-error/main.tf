resource "terraform_data" "many" {
  count = 2
  lifecycle {
    replace_triggered_by = [terraform_data.each[count.index == 0 ? "x" : "y"]]
  }
}
resource "terraform_data" "each" {
  for_each = toset(["x", "y"])
}
