# Inside the scope of the visa: this offering was assessed.
terraform {
  backend "s3" {
    bucket = "states"
    key    = "records"
    region = "cloudgouv-eu-west-1"

    endpoints = {
      s3 = "https://oos.cloudgouv-eu-west-1.outscale.com"
    }
  }
}

resource "scaleway_object_bucket" "records" {
  name   = "records"
  region = "fr-par"
  tags   = { data-classification = "secnumcloud" }
}
