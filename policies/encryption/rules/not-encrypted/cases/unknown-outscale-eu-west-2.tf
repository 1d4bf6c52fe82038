# The same company outside its visa: nothing answers for it.
provider "outscale" {
  region = "eu-west-2"
}

resource "outscale_volume" "records" { # expect-undetermined: encryption/not-encrypted
  subregion_name = "eu-west-2a"
  size           = 100
  tags {
    key   = "data-classification"
    value = "health"
  }
}
