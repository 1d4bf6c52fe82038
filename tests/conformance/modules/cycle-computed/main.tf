resource "terraform_data" "a" { input = terraform_data.b.id }
resource "terraform_data" "b" { input = [for x in [1] : local.c] }
locals { c = terraform_data.a.id }
