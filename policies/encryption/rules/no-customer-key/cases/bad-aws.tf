# The provider's key by its alias, by its mode, and by default.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_sqs_queue" "results" {
  name              = "results"
  kms_master_key_id = "alias/aws/sqs" # expect: encryption/no-customer-key
  tags              = { data-classification = "health" }
}

resource "aws_s3_bucket" "records" { # expect: encryption/no-customer-key
  bucket = "records"
  tags   = { data-classification = "health" }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "records" {
  bucket = aws_s3_bucket.records.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_dynamodb_table" "sessions" { # expect: encryption/no-customer-key
  name         = "sessions"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  tags         = { data-classification = "health" }
  attribute {
    name = "id"
    type = "S"
  }
}
