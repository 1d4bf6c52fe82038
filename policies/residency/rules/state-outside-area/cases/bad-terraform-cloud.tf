# Plans run, and states are kept, at a company that American law reaches.
terraform {
  cloud { # expect: residency/state-outside-area
    organization = "hopital"

    workspaces {
      name = "records"
    }
  }
}

resource "scaleway_object_bucket" "records" {
  name   = "records"
  region = "fr-par"
  tags   = { data-classification = "personal" }
}
