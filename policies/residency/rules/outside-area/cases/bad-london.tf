# The provider decides: London is outside for health data, adequate or not.
provider "aws" {
  region = "eu-west-2"
}

resource "aws_s3_bucket" "records" { # expect: residency/outside-area
  bucket = "records"
  tags   = { data-classification = "health" }
}
