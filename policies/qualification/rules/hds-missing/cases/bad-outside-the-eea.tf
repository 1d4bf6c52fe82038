# Both companies are certified. Health data is stored inside the EEA: no certificate covers Virginia.
provider "google" {
  project = "hospital"
  region  = "us-east4"
}

resource "google_storage_bucket" "records" {
  name     = "records"
  location = "US-EAST4" # expect: qualification/hds-missing
  labels   = { data-classification = "health" }
}

resource "google_storage_bucket" "paris" {
  name     = "paris"
  location = "EUROPE-WEST9"
  labels   = { data-classification = "health" }
}
