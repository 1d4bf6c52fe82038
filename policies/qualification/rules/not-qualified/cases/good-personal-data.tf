# Nothing asks a qualification for personal data.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "newsletter" {
  bucket = "newsletter"
  tags   = { data-classification = "personal" }
}
