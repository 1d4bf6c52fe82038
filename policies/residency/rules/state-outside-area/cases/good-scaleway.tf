# The endpoint says who runs it, whatever the backend is called.
terraform {
  backend "s3" {
    bucket = "states"
    key    = "records"
    region = "fr-par"

    endpoints = {
      s3 = "https://s3.fr-par.scw.cloud"
    }
  }
}

resource "scaleway_object_bucket" "records" {
  name   = "records"
  region = "fr-par"
  tags   = { data-classification = "secnumcloud" }
}
