# The company is qualified for another offering: the message names it.
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

resource "outscale_volume" "registry" { # expect: qualification/not-qualified
  subregion_name = "eu-west-2a"
  size           = 10
  tags {
    key   = "data-classification"
    value = "secnumcloud"
  }
}
