# Certified in one region; which one this is comes from outside the code.
variable "region" {
  type = string
}

terraform {
  required_providers {
    scaleway = { source = "scaleway/scaleway" }
  }
}

provider "scaleway" {
  region = var.region
}

resource "scaleway_object_bucket" "records" { # expect-undetermined: qualification/hds-missing
  name = "records"
  tags = { data-classification = "health" }
}
