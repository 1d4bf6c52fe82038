# A host of one's own may be anywhere.
terraform {
  backend "http" {
    address = "https://states.hopital.example/records" # expect-undetermined: residency/state-outside-area
  }
}

resource "scaleway_object_bucket" "records" {
  name   = "records"
  region = "fr-par"
  tags   = { data-classification = "health" }
}
