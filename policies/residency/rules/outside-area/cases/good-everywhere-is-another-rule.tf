# What has no region has no place to be outside of: worldwide-service names it.
resource "aws_cloudfront_distribution" "records" {
  enabled = true
  tags    = { data-classification = "health" }

  origin {
    domain_name = "origin.example"
    origin_id   = "origin"
  }
}
