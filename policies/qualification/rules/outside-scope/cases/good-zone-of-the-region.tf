# A zone belongs to its region, in this universe too.
provider "google" {
  universe_domain = "s3nsapis.fr"
  region          = "u-france-east1"
}

resource "google_compute_disk" "registry" {
  name   = "registry"
  zone   = "u-france-east1-b"
  size   = 10
  labels = { data-classification = "secnumcloud" }
}
