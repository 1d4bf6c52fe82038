# No argument exists; the visa in force says that the provider encrypts what it stores.
provider "outscale" {
  region = "cloudgouv-eu-west-1"
}

resource "outscale_volume" "records" {
  subregion_name = "cloudgouv-eu-west-1a"
  size           = 100
  tags {
    key   = "data-classification"
    value = "health"
  }
}
