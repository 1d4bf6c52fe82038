# The name of a bucket says nothing of its region.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "records" { # expect-undetermined: residency/copy-outside-area
  bucket = "records"
  tags   = { data-classification = "health" }
}

resource "aws_s3_bucket_replication_configuration" "records" {
  bucket = aws_s3_bucket.records.id
  role   = "arn:aws:iam::111122223333:role/replication"

  rule {
    status = "Enabled"

    destination {
      bucket = "arn:aws:s3:::records-of-somebody-else"
    }
  }
}
