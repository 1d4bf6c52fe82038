# An access key of AWS has no expiry at all; keepers that nobody turns rotate nothing.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "records" {
  bucket = "records"
  tags   = { data-classification = "health" }
}

resource "aws_iam_user" "pipeline" {
  name = "pipeline"
}

resource "aws_iam_access_key" "pipeline" { # expect: identity/long-lived-credential
  user = aws_iam_user.pipeline.name
}

resource "time_static" "made" {}

resource "google_service_account" "reader" {
  account_id = "reader"
}

resource "google_service_account_key" "reader" { # expect: identity/long-lived-credential
  service_account_id = google_service_account.reader.name
  keepers = {
    made    = time_static.made.rfc3339
    version = "3"
  }
}
