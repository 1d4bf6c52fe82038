provider "aws" {
  region = "eu-west-3"
}

resource "aws_kms_key" "shared" { # expect: encryption/key-shared-between-tenants
  description = "records of everybody"
}

resource "aws_db_instance" "chu_a" {
  identifier        = "records-a"
  engine            = "postgres"
  instance_class    = "db.t4g.medium"
  storage_encrypted = true
  kms_key_id        = aws_kms_key.shared.arn
  tags              = { data-classification = "health", tenant = "chu-a" }
}

resource "aws_db_instance" "chu_b" {
  identifier        = "records-b"
  engine            = "postgres"
  instance_class    = "db.t4g.medium"
  storage_encrypted = true
  kms_key_id        = aws_kms_key.shared.arn
  tags              = { data-classification = "health", tenant = "chu-b" }
}
