# A candidate has no visa that could end: another rule says so.
terraform {
  required_providers {
    scaleway = { source = "scaleway/scaleway" }
  }
}

provider "scaleway" {
  region = "fr-par"
}

resource "scaleway_object_bucket" "registry" {
  name = "registry"
  tags = { data-classification = "secnumcloud" }
}
