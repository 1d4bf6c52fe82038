variable "secret" {
  default   = "x"
  sensitive = true
}
resource "terraform_data" "a" {
  for_each = { k = "v" }
  input    = each.value
  connection {
    host     = self.id
    password = self.input
  }
  provisioner "local-exec" {
    command     = "echo ${self.input} ${each.key} ${var.secret}"
    environment = { A = self.output }
    on_failure  = continue
  }
  provisioner "local-exec" {
    when    = destroy
    command = "echo ${self.id} ${each.key}"
  }
  provisioner "file" {
    source      = "${path.module}/main.tf"
    destination = "/nowhere"
    connection {
      host = "h"
    }
  }
}
output "a" { value = terraform_data.a["k"].input }
