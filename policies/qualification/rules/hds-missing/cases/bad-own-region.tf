# The resource's own region goes before its provider's.
terraform {
  required_providers {
    scaleway = { source = "scaleway/scaleway" }
  }
}

provider "scaleway" {
  region = "fr-par"
}

resource "scaleway_object_bucket" "records" {
  name   = "records"
  region = "pl-waw" # expect: qualification/hds-missing
  tags   = { data-classification = "health" }
}
