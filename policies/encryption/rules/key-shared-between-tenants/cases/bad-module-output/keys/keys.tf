resource "aws_kms_key" "this" { # expect: encryption/key-shared-between-tenants
  description = "everybody"
}

resource "aws_kms_alias" "this" {
  name          = "alias/everybody"
  target_key_id = aws_kms_key.this.key_id
}

output "arn" {
  value = aws_kms_alias.this.target_key_arn
}
