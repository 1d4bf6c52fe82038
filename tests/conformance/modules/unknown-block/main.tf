resorce "terraform_data" "a" {
}
output "x" { value = 1 }
