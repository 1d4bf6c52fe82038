# A public site may be everywhere.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "site" {
  bucket = "site"
  tags   = { data-classification = "public" }
}

resource "aws_cloudfront_distribution" "site" {
  enabled = true
  tags    = { data-classification = "public" }

  origin {
    domain_name = aws_s3_bucket.site.bucket_regional_domain_name
    origin_id   = "site"
  }
}
