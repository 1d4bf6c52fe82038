# The rest of the block comes with terraform init -backend-config.
terraform {
  backend "s3" { # expect-undetermined: residency/state-outside-area
    key = "records"
  }
}

resource "scaleway_object_bucket" "records" {
  name   = "records"
  region = "fr-par"
  tags   = { data-classification = "health" }
}
