provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "a" { # expect: classification/unclassified
  bucket = "store-1"
  tags   = { team = "platform" }
}
