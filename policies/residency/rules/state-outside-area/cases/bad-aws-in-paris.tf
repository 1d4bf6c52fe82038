# In Paris, at a company that American law reaches: the state holds what the records hold.
terraform {
  backend "s3" { # expect: residency/state-outside-area
    bucket = "states"
    key    = "records"
    region = "eu-west-3"
  }
}

resource "scaleway_object_bucket" "records" {
  name   = "records"
  region = "fr-par"
  tags   = { data-classification = "health" }
}
