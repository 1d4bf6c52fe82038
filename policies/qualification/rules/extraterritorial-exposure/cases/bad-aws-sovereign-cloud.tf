# A German company, staff in the EU, and one owner in the United States.
provider "aws" {
  region = "eusc-de-east-1"
}

resource "aws_s3_bucket" "registry" { # expect: qualification/extraterritorial-exposure
  bucket = "registry"
  tags   = { data-classification = "secnumcloud" }
}
