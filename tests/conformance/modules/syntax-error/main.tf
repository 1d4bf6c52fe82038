output "x" { value = 1 }
resource "terraform_data" "a" {
  input = 
}
