# No key of one's own is asked for personal data.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "members" {
  bucket = "members"
  tags   = { data-classification = "personal" }
}
