# Once, on the key, however many stores it serves.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_kms_key" "records" { # expect: encryption/key-not-erasable
  deletion_window_in_days = 30
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_sqs_queue" "results" {
  name              = "results"
  kms_master_key_id = aws_kms_key.records.arn
  tags              = { data-classification = "health" }
}

resource "aws_sqs_queue" "letters" {
  name              = "letters"
  kms_master_key_id = aws_kms_key.records.arn
  tags              = { data-classification = "health" }
}
