# A French group with companies abroad: a question for data of particular sensitivity only.
terraform {
  required_providers {
    ovh = { source = "ovh/ovh" }
  }
}

provider "ovh" {
  endpoint = "ovh-eu"
}

resource "ovh_cloud_project_storage" "dossier_patient" {
  service_name = "0123456789abcdef"
  region_name  = "GRA"
  name         = "dossier-patient"
}
