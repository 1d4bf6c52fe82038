# One of the stores says whose data it holds, the other does not.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_kms_key" "records" { # expect-undetermined: encryption/key-shared-between-tenants
  description = "records"
}

resource "aws_sqs_queue" "a" {
  name              = "results-a"
  kms_master_key_id = aws_kms_key.records.arn
  tags              = { data-classification = "health", tenant = "chu-a" }
}

resource "aws_sqs_queue" "archive" {
  name              = "archive"
  kms_master_key_id = aws_kms_key.records.arn
  tags              = { data-classification = "health" }
}
