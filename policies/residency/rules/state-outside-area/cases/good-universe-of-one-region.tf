# The bucket is named by its host alone, and that universe has one region.
terraform {
  backend "gcs" {
    bucket                  = "state"
    storage_custom_endpoint = "https://storage.s3nsapis.fr/storage/v1/b"
  }
}

provider "google" {
  project         = "s3ns:records"
  region          = "u-france-east1"
  universe_domain = "s3nsapis.fr"
}

resource "google_storage_bucket" "records" {
  name     = "records"
  location = "u-france-east1"
  labels   = { data-classification = "secnumcloud" }
}
