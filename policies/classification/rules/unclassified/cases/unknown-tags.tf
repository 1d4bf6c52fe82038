# The tags may well say it, but not here.
provider "aws" {
  region = "eu-west-3"
}

variable "tags" {
  type = map(string)
}

resource "aws_s3_bucket" "a" {
  bucket = "store-1"
  tags   = var.tags # expect-undetermined: classification/unclassified
}
