# Invented data is about nobody, whatever the name.
resource "aws_s3_bucket" "patients" {
  bucket = "dossiers-patients-recette"
  tags   = { data-classification = "internal", donnees = "fictives" }
}

resource "google_storage_bucket" "patients" {
  name     = "patients-anonymised"
  location = "europe-west9"
  labels   = { data-classification = "internal", data = "anonymised" }
}
