resource "terraform_data" "text" {
  count = "2"
}
resource "terraform_data" "flag" {
  count = tonumber("1.0")
}
output "n" { value = [length(terraform_data.text), length(terraform_data.flag)] }
