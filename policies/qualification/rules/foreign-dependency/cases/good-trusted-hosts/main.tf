terraform {
  required_providers {
    keycloak = { source = "keycloak/keycloak" }
    outscale = { source = "outscale/outscale" }
  }
}

provider "outscale" {
  api {
    region = "cloudgouv-eu-west-1"
  }
}

provider "keycloak" {
  client_id = "terraform"
  url       = "https://sso.chu.example"
}

resource "outscale_volume" "records" {
  subregion_name = "cloudgouv-eu-west-1a"
  size           = 10
  volume_type    = "gp2"

  tags {
    key   = "data-classification"
    value = "sante"
  }
}

resource "keycloak_realm" "staff" {
  realm = "staff"
}

resource "keycloak_openid_client" "records" {
  realm_id    = keycloak_realm.staff.id
  client_id   = "records"
  access_type = "CONFIDENTIAL"
}
