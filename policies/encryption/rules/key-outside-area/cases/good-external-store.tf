# The material stays in the customer's own key manager.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_kms_custom_key_store" "ours" {
  custom_key_store_name  = "ours"
  custom_key_store_type  = "EXTERNAL_KEY_STORE"
  xks_proxy_connectivity = "PUBLIC_ENDPOINT"
  xks_proxy_uri_endpoint = "https://xks.example.fr"
  xks_proxy_uri_path     = "/kms/xks/v1"
}

resource "aws_kms_key" "records" {
  custom_key_store_id = aws_kms_custom_key_store.ours.id
  xks_key_id          = "records"
}

resource "aws_sqs_queue" "results" {
  name              = "results"
  kms_master_key_id = aws_kms_key.records.arn
  tags              = { data-classification = "health" }
}

resource "google_kms_key_ring" "records" {
  name     = "records"
  location = "europe-west9"
}

resource "google_kms_crypto_key" "records" {
  name     = "records"
  key_ring = google_kms_key_ring.records.id
  version_template {
    algorithm        = "EXTERNAL_SYMMETRIC_ENCRYPTION"
    protection_level = "EXTERNAL"
  }
}

resource "google_storage_bucket" "records" {
  name     = "records"
  location = "europe-west9"
  labels   = { data-classification = "health" }
  encryption {
    default_kms_key_name = google_kms_crypto_key.records.id
  }
}
