# A managed state at GitLab.com: the host tells who runs it.
terraform {
  backend "http" {
    address = "https://gitlab.com/api/v4/projects/1/terraform/state/records" # expect: residency/state-outside-area
  }
}

resource "scaleway_object_bucket" "records" {
  name   = "records"
  region = "fr-par"
  tags   = { data-classification = "health" }
}
