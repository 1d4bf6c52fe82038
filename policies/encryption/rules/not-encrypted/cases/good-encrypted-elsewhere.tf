# Topics are encrypted by default; a delivery stream leaves what it delivers to the encryption of the bucket; Spanner encrypts
# each database.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_sns_topic" "records" {
  name = "records"
  tags = { data-classification = "health" }
}

resource "aws_s3_bucket" "records" {
  bucket = "records"
  tags   = { data-classification = "health" }
}

resource "aws_kinesis_firehose_delivery_stream" "records" {
  name        = "records"
  destination = "extended_s3"
  tags        = { data-classification = "health" }

  server_side_encryption {
    enabled = true
  }

  extended_s3_configuration {
    bucket_arn = aws_s3_bucket.records.arn
    role_arn   = "arn:aws:iam::123456789012:role/delivery"
  }
}

resource "google_spanner_instance" "records" {
  name         = "records"
  config       = "regional-europe-west9"
  display_name = "records"
  labels       = { data-classification = "health" }
}
