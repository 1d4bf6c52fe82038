# Only data of particular sensitivity asks for the scope of a visa.
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

resource "outscale_oks_cluster" "records" {
  name          = "records"
  cp_subregions = ["cloudgouv-eu-west-1a"]
  tags          = { data-classification = "health" }
}
