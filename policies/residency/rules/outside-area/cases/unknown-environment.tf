# The region comes from the environment of whoever applies this.
provider "aws" {}

resource "aws_s3_bucket" "records" { # expect-undetermined: residency/outside-area
  bucket = "records"
  tags   = { data-classification = "health" }
}
