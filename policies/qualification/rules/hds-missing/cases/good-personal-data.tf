terraform {
  required_providers {
    scaleway = { source = "scaleway/scaleway" }
  }
}

provider "scaleway" {
  region = "nl-ams"
}

resource "scaleway_object_bucket" "newsletter" {
  name = "newsletter"
  tags = { data-classification = "personal" }
}
