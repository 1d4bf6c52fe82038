# The same name as London at another provider: at Outscale eu-west-2 is France.
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

resource "outscale_volume" "records" {
  subregion_name = "eu-west-2a"
  size           = 10
  tags {
    key   = "data-classification"
    value = "health"
  }
}
