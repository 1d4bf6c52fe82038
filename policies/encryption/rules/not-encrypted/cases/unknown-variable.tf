provider "aws" {
  region = "eu-west-3"
}

variable "encrypted" {
  type = bool
}

resource "aws_db_instance" "records" {
  identifier        = "records"
  engine            = "postgres"
  instance_class    = "db.t4g.medium"
  storage_encrypted = var.encrypted # expect-undetermined: encryption/not-encrypted
  tags              = { data-classification = "health" }
}
