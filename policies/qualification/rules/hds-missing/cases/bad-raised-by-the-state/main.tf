# Health data of the State counts as data of particular sensitivity; the certificate is asked all the same.
provider "aws" {
  region = "eu-west-2"
}

resource "aws_s3_bucket" "records" { # expect: qualification/hds-missing
  bucket = "records"
  tags   = { data-classification = "health" }
}
