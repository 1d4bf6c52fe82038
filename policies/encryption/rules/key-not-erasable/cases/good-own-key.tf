# Destroyed within the notice; what protects the store does not protect the key.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_kms_key" "records" {
  deletion_window_in_days = 21
}

resource "aws_db_instance" "records" {
  identifier          = "records"
  engine              = "postgres"
  instance_class      = "db.t4g.medium"
  storage_encrypted   = true
  kms_key_id          = aws_kms_key.records.arn
  deletion_protection = true
  tags                = { data-classification = "health" }
  lifecycle {
    prevent_destroy = true
  }
}

resource "google_kms_key_ring" "records" {
  name     = "records"
  location = "europe-west9"
}

resource "google_kms_crypto_key" "records" {
  name                       = "records"
  key_ring                   = google_kms_key_ring.records.id
  destroy_scheduled_duration = "1814400s"
}

resource "google_storage_bucket" "records" {
  name     = "records"
  location = "europe-west9"
  labels   = { data-classification = "health" }
  encryption {
    default_kms_key_name = google_kms_crypto_key.records.id
  }
}
