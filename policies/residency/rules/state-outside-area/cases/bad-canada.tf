# A European company, in Canada.
terraform {
  backend "s3" {
    bucket = "states"
    key    = "records"
    region = "bhs" # expect: residency/state-outside-area

    endpoints = {
      s3 = "https://s3.bhs.io.cloud.ovh.net"
    }
  }
}

resource "scaleway_object_bucket" "records" {
  name   = "records"
  region = "fr-par"
  tags   = { data-classification = "health" }
}
