# No backend is named: nothing is said of one.
terraform {
  required_version = ">= 1.9"
}

resource "scaleway_object_bucket" "records" {
  name   = "records"
  region = "fr-par"
  tags   = { data-classification = "health" }
}
