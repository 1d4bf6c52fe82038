# A cache keeps what its origin keeps, a certificate and a project keep nothing.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_cloudfront_distribution" "records" {
  enabled = true
  tags    = { data-classification = "health" }

  origin {
    domain_name = "records.example.fr"
    origin_id   = "records"
  }
}

resource "aws_acm_certificate" "records" {
  domain_name       = "records.example.fr"
  validation_method = "DNS"
  tags              = { data-classification = "health" }
}

resource "outscale_oks_project" "records" {
  name   = "records"
  region = "eu-west-2"
  cidr   = "10.0.0.0/16"
  tags   = { data-classification = "health" }
}
