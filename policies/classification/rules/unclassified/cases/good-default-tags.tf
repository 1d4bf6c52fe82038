provider "aws" {
  region = "eu-west-3"
  default_tags {
    tags = { data-classification = "internal" }
  }
}

resource "aws_s3_bucket" "a" {
  bucket = "store-1"
}
