# A region in France does not change who the parent is.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "records" { # expect: qualification/extraterritorial-exposure
  bucket = "records"
  tags   = { data-classification = "health" }
}
