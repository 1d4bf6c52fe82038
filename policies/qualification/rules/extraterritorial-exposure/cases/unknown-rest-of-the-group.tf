# A French group with companies abroad, of which only the qualified services were assessed.
terraform {
  required_providers {
    ovh = { source = "ovh/ovh" }
  }
}

provider "ovh" {
  endpoint = "ovh-eu"
}

resource "ovh_cloud_project_storage" "secnumcloud_registry" { # expect-undetermined: qualification/extraterritorial-exposure
  service_name = "0123456789abcdef"
  region_name  = "GRA"
  name         = "secnumcloud-registry"
}
