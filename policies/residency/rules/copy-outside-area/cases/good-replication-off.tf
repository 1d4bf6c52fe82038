# A rule that is written and disabled sends nothing.
provider "aws" {
  region = "eu-west-3"
}

provider "aws" {
  alias  = "us"
  region = "us-east-1"
}

resource "aws_s3_bucket" "records" {
  bucket = "records"
  tags   = { data-classification = "health" }
}

resource "aws_s3_bucket" "site" {
  provider = aws.us
  bucket   = "site"
  tags     = { data-classification = "public" }
}

resource "aws_s3_bucket_replication_configuration" "records" {
  bucket = aws_s3_bucket.records.id
  role   = "arn:aws:iam::111122223333:role/replication"

  rule {
    status = "Disabled"

    destination {
      bucket = aws_s3_bucket.site.arn
    }
  }
}
