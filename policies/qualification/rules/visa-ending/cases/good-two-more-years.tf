provider "google" {
  universe_domain = "s3nsapis.fr"
  region          = "u-france-east1"
}

resource "google_storage_bucket" "registry" {
  name     = "registry"
  location = "u-france-east1"
  labels   = { data-classification = "secnumcloud" }
}
