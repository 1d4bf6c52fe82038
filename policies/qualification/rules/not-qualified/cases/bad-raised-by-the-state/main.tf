# Health data of an operator of the State counts as data of particular sensitivity.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "records" { # expect: qualification/not-qualified
  bucket = "records"
  tags   = { data-classification = "health" }
}
