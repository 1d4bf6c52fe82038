# Who runs the host is attested, with its region.
terraform {
  backend "http" {
    address = "https://states.hopital.example/records"
  }
}

resource "scaleway_object_bucket" "records" {
  name   = "records"
  region = "fr-par"
  tags   = { data-classification = "health" }
}
