provider "google" {
  region = "europe-west9"
}

resource "google_container_cluster" "main" { # expect: qualification/extraterritorial-exposure
  name     = "care"
  location = "europe-west9"
}
