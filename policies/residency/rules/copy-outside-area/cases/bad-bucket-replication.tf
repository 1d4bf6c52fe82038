# The configuration beside the bucket sends its objects to London: said of the bucket, whose data it is.
provider "aws" {
  region = "eu-west-3"
}

provider "aws" {
  alias  = "backup"
  region = "eu-west-2"
}

resource "aws_s3_bucket" "records" { # expect: residency/copy-outside-area
  bucket = "records"
  tags   = { data-classification = "health" }
}

resource "aws_s3_bucket" "far" {
  provider = aws.backup
  bucket   = "records-far"
}

resource "aws_s3_bucket_replication_configuration" "records" {
  bucket = aws_s3_bucket.records.id
  role   = "arn:aws:iam::111122223333:role/replication"

  rule {
    status = "Enabled"

    destination {
      bucket = aws_s3_bucket.far.arn
    }
  }
}
