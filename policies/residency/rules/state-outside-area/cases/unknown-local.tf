# A file beside the code: on which machine, the code does not show.
terraform {
  backend "local" { # expect-undetermined: residency/state-outside-area
    path = "records.tfstate"
  }
}

resource "scaleway_object_bucket" "records" {
  name   = "records"
  region = "fr-par"
  tags   = { data-classification = "health" }
}
