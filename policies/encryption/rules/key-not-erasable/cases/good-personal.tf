# Not asked for personal data, nor of a protected key that serves nothing sensitive.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_kms_key" "members" {
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_sqs_queue" "members" {
  name              = "members"
  kms_master_key_id = aws_kms_key.members.arn
  tags              = { data-classification = "personal" }
}
