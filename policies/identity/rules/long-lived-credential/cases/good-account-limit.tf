# No key says when it ends; the account does for all of them.
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

resource "outscale_api_access_policy" "account" {
  max_access_key_expiration_seconds = 7776000
  require_trusted_env               = true
}

resource "outscale_access_key" "backup" {
  state = "ACTIVE"
}
