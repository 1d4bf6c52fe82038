# Backups without a place go to the nearest multi-region, and here there is one region in all.
provider "google" {
  project         = "s3ns:records"
  region          = "u-france-east1"
  universe_domain = "s3nsapis.fr"
}

resource "google_sql_database_instance" "records" {
  name             = "records"
  region           = "u-france-east1"
  database_version = "POSTGRES_16"

  settings {
    tier        = "db-custom-2-7680"
    user_labels = { data-classification = "health" }
    backup_configuration {
      enabled = true
    }
  }
}
