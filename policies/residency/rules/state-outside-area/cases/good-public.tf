# A state about public data may be anywhere.
terraform {
  backend "s3" {
    bucket = "states"
    key    = "site"
    region = "us-east-1"
  }
}

resource "scaleway_object_bucket" "records" {
  name   = "records"
  region = "fr-par"
  tags   = { data-classification = "public" }
}
