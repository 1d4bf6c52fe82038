# The bucket is in Paris, and what is read from it is kept all over the world.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "records" {
  bucket = "records"
  tags   = { data-classification = "health" }
}

resource "aws_cloudfront_distribution" "records" { # expect: residency/worldwide-service
  enabled     = true
  price_class = "PriceClass_100"

  origin {
    domain_name = aws_s3_bucket.records.bucket_regional_domain_name
    origin_id   = "records"
  }

  default_cache_behavior {
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    target_origin_id       = "records"
    viewer_protocol_policy = "https-only"

    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.rewrite.arn
    }
  }
}

# A part of the distribution.
resource "aws_cloudfront_function" "rewrite" {
  name    = "rewrite"
  runtime = "cloudfront-js-2.0"
  code    = "function handler(event) { return event.request; }"
}
