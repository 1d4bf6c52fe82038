provider "aws" {
  region = "eu-west-3"
}

variable "key" {
  type = string
}

resource "aws_db_instance" "records" {
  identifier        = "records"
  engine            = "postgres"
  instance_class    = "db.t4g.medium"
  storage_encrypted = true
  kms_key_id        = var.key # expect-undetermined: encryption/no-customer-key
  tags              = { data-classification = "health" }
}
