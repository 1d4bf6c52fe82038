# What the visa does not cover loses nothing when it ends: another rule says that it is not covered.
terraform {
  required_providers {
    outscale = { source = "outscale/outscale" }
  }
}

provider "outscale" {
  api {
    region = "cloudgouv-eu-west-1"
  }
}

resource "outscale_oks_cluster" "registry" {
  name          = "registry"
  cp_subregions = ["cloudgouv-eu-west-1a"]
  tags          = { data-classification = "secnumcloud" }
}
