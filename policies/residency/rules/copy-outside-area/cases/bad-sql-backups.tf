# The instance is in Paris, its backups are in the United States.
resource "google_sql_database_instance" "accounts" {
  name             = "accounts"
  database_version = "POSTGRES_16"
  region           = "europe-west9"

  settings {
    tier = "db-custom-2-7680"

    user_labels = { data-classification = "personal" }

    backup_configuration {
      enabled  = true
      location = "us" # expect: residency/copy-outside-area
    }
  }
}
