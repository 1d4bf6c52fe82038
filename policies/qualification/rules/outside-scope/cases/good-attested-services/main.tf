# The bucket of unknown-scope-not-recorded.tf, with what a person read in the decision.
terraform {
  required_providers {
    cloudtemple = { source = "Cloud-Temple/cloudtemple" }
  }
}

resource "cloudtemple_object_storage_bucket" "secnumcloud_registry" {
  name = "registry"
}
