# The same region name as London at another company: at Outscale eu-west-2 is France.
terraform {
  backend "s3" {
    bucket = "states"
    key    = "records"
    region = "eu-west-2"

    endpoints = {
      s3 = "https://oos.eu-west-2.outscale.com"
    }
  }
}

resource "scaleway_object_bucket" "records" {
  name   = "records"
  region = "fr-par"
  tags   = { data-classification = "health" }
}
