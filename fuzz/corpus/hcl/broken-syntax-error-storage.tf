provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "letters" {
  bucket = "letters"

  tags = {
    classification = "personal"
  }
}
