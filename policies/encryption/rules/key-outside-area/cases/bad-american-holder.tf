# Inside the area, and within reach of foreign law.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_kms_key" "records" { # expect: encryption/key-outside-area
  description = "records"
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
