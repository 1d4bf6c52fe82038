variable "unused" {}
resource "terraform_data" "r" { input = 1 }
output "one" { value = 1 }
