# Public data may be anywhere.
provider "aws" {
  region = "us-east-1"
}

resource "aws_s3_bucket" "website" {
  bucket = "website"
  tags   = { data-classification = "public" }
}
