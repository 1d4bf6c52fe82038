# A strong word in the name says what it holds.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "patients" {
  bucket = "dossiers-patients"
}
