provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "letters" {
  bucket = "letters"
  bucket = "letters-2"

  tags = {
    classification = "personal"
  }
}

resource "aws_s3_bucket" "drafts" {
  bucket = "drafts"

  tags = {
    classification = "internal"
  }
}
