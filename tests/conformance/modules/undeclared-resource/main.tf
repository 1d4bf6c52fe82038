output "a" {
  value = terraform_data.nothing.id
}
