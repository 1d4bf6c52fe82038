# Nothing of the customer's to destroy.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_db_instance" "records" {
  identifier        = "records"
  engine            = "postgres"
  instance_class    = "db.t4g.medium"
  storage_encrypted = true # expect: encryption/key-not-erasable
  tags              = { data-classification = "health" }
}

resource "google_bigquery_dataset" "records" { # expect: encryption/key-not-erasable
  dataset_id = "records"
  location   = "europe-west9"
  labels     = { data-classification = "health" }
}
