# An application that is under way counts for nothing.
terraform {
  required_providers {
    scaleway = { source = "scaleway/scaleway" }
  }
}

provider "scaleway" {
  region = "fr-par"
}

resource "scaleway_object_bucket" "registry" { # expect: qualification/not-qualified
  name = "registry"
  tags = { data-classification = "secnumcloud" }
}
