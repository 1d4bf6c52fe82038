# One organisation with its own data: nothing to separate.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_kms_key" "records" {
  description = "records"
}

resource "aws_db_instance" "records" {
  identifier        = "records"
  engine            = "postgres"
  instance_class    = "db.t4g.medium"
  storage_encrypted = true
  kms_key_id        = aws_kms_key.records.arn
  tags              = { data-classification = "health" }
}

resource "aws_sqs_queue" "results" {
  name              = "results"
  kms_master_key_id = aws_kms_key.records.arn
  tags              = { data-classification = "health" }
}
