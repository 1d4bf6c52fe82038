# The region is the qualified one, the visa is for infrastructure: managed Kubernetes is no part of it.
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

resource "outscale_oks_cluster" "registry" { # expect: qualification/outside-scope
  name          = "registry"
  cp_subregions = ["cloudgouv-eu-west-1a"]
  tags          = { data-classification = "secnumcloud" }
}
