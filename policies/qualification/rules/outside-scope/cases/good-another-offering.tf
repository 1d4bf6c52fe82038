# Another offering of the same company is not qualified at all: that is one finding, and not two.
terraform {
  required_providers {
    outscale = { source = "outscale/outscale" }
  }
}

provider "outscale" {
  api {
    region = "eu-west-2"
  }
}

resource "outscale_volume" "registry" {
  subregion_name = "eu-west-2a"
  size           = 10
  tags {
    key   = "data-classification"
    value = "secnumcloud"
  }
}
