# A ring without a region: the provider chooses the place, also for a key behind an external manager.
resource "google_kms_key_ring" "records" {
  name     = "records"
  location = "global"
}

resource "google_kms_crypto_key" "records" {
  name     = "records"
  key_ring = google_kms_key_ring.records.id # expect: encryption/key-outside-area
}

resource "google_storage_bucket" "records" {
  name     = "records"
  location = "europe-west9"
  labels   = { data-classification = "health" }
  encryption {
    default_kms_key_name = google_kms_crypto_key.records.id
  }
}
