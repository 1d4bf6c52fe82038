# Nothing says what it delivers, and the labels that may say it are not known here.
variable "tags" {
  type = map(string)
}

resource "aws_cloudfront_distribution" "site" {
  enabled = true
  tags    = var.tags # expect-undetermined: residency/worldwide-service

  origin {
    domain_name = "origin.example"
    origin_id   = "origin"
  }
}
