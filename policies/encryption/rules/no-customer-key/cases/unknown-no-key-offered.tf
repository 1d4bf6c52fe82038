# These providers take no customer key here: that is no proof that nobody encrypts above.
provider "outscale" {
  region = "cloudgouv-eu-west-1"
}

resource "outscale_volume" "records" { # expect-undetermined: encryption/no-customer-key
  subregion_name = "cloudgouv-eu-west-1a"
  size           = 100
  tags {
    key   = "data-classification"
    value = "health"
  }
}

resource "scaleway_rdb_instance" "records" {
  name               = "records"
  node_type          = "DB-DEV-S"
  engine             = "PostgreSQL-15"
  region             = "fr-par"
  encryption_at_rest = true # expect-undetermined: encryption/no-customer-key
  tags               = ["data-classification=health"]
}
