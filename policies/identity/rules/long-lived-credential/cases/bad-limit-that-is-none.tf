# Zero seconds means that keys may live for ever, and so do a hundred years; a date far away is a way to write "never".
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
  max_access_key_expiration_seconds = 3153600000
  require_trusted_env               = true
}

resource "outscale_access_key" "backup" { # expect: identity/long-lived-credential
  state = "ACTIVE"
}

resource "azuread_application_password" "portal" {
  application_id = "/applications/00000000-0000-0000-0000-000000000000"
  end_date       = "9999-12-31T23:59:59Z" # expect: identity/long-lived-credential
}
