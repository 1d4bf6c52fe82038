provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "website" {
  bucket = "website"
  tags   = { data-classification = "public" }
}
