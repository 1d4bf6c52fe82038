# The certificate of this company names its Paris region.
terraform {
  required_providers {
    scaleway = { source = "scaleway/scaleway" }
  }
}

provider "scaleway" {
  region = "nl-ams"
}

resource "scaleway_object_bucket" "records" { # expect: qualification/hds-missing
  name = "records"
  tags = { data-classification = "health" }
}
