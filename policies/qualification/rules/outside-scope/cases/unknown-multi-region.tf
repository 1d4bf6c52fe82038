# "EU" is a place of the other universe: nothing says where this one would keep it.
provider "google" {
  universe_domain = "s3nsapis.fr"
  region          = "u-france-east1"
}

resource "google_storage_bucket" "registry" {
  name     = "registry"
  location = "EU" # expect-undetermined: qualification/outside-scope
  labels   = { data-classification = "secnumcloud" }
}
