# Keys of three clouds, none with an end, in front of health data.
provider "outscale" {
  api {
    region = "eu-west-2"
  }
}

provider "scaleway" {
  region = "fr-par"
}

resource "scaleway_object_bucket" "records" {
  name = "records"
  tags = { data-classification = "health" }
}

resource "outscale_access_key" "backup" { # expect: identity/long-lived-credential
  state = "ACTIVE"
}

resource "outscale_access_key" "empty" {
  expiration_date = "" # expect: identity/long-lived-credential
}

resource "scaleway_iam_api_key" "pipeline" { # expect: identity/long-lived-credential
  application_id = "11111111-1111-1111-1111-111111111111"
}

resource "ovh_me_identity_user_token" "robot" { # expect: identity/long-lived-credential
  user_login  = "robot"
  name        = "robot"
  description = "robot"
}
