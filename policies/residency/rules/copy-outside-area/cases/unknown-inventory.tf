# An inventory is a list of what is in the bucket: an export, said where it names its destination.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "records" {
  bucket = "records"
  tags   = { data-classification = "health" }
}

resource "aws_s3_bucket_inventory" "records" {
  bucket                   = aws_s3_bucket.records.id
  name                     = "records"
  included_object_versions = "All"

  schedule {
    frequency = "Daily"
  }

  destination {
    bucket {
      format     = "CSV"
      bucket_arn = "arn:aws:s3:::of-others" # expect-undetermined: residency/copy-outside-area
    }
  }
}
