# Default tags are there to be overridden.
provider "aws" {
  region = "eu-west-3"

  default_tags {
    tags = { data-classification = "health" }
  }
}

resource "aws_s3_bucket" "logs" {
  bucket = "build-logs"
  tags   = { data-classification = "internal" }
}

resource "aws_s3_bucket" "patients" {
  bucket = "dossiers-patients"
}
