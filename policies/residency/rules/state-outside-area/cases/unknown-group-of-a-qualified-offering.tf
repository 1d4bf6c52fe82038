# The qualified offering of the group was found out of reach of foreign law; this one was not assessed.
terraform {
  backend "s3" {
    bucket = "states"
    key    = "records"
    region = "eu-west-2"

    endpoints = {
      s3 = "https://oos.eu-west-2.outscale.com" # expect-undetermined: residency/state-outside-area
    }
  }
}

resource "scaleway_object_bucket" "records" {
  name   = "records"
  region = "fr-par"
  tags   = { data-classification = "secnumcloud" }
}
