provider "outscale" {
  region = "cloudgouv-eu-west-1"
}

resource "outscale_volume" "records" { # expect-undetermined: encryption/key-not-erasable
  subregion_name = "cloudgouv-eu-west-1a"
  size           = 100
  tags {
    key   = "data-classification"
    value = "health"
  }
}
