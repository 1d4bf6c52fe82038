# States answer to state-outside-area.
terraform {
  backend "s3" {
    bucket = "states"
    key    = "records"
    region = "us-east-1"
  }
}

resource "scaleway_object_bucket" "records" {
  name   = "records"
  region = "fr-par"
  tags   = { data-classification = "health" }
}
