# Keycloak and GitLab are no third parties by name: who runs these hosts is not known.
terraform {
  required_providers {
    gitlab   = { source = "gitlabhq/gitlab" }
    keycloak = { source = "keycloak/keycloak" }
    outscale = { source = "outscale/outscale" }
  }
}

provider "outscale" {
  api {
    region = "cloudgouv-eu-west-1"
  }
}

provider "gitlab" {
  base_url = "https://gitlab.chu.example/api/v4/"
}

provider "keycloak" {
  client_id = "terraform"
  url       = "https://keycloak.chu.example"
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

resource "gitlab_project_variable" "database" { # expect-undetermined: qualification/foreign-dependency
  project = "records"
  key     = "DATABASE_URL"
  value   = "postgres://db"
}

# What a realm keeps is judged as a store; who signs in is asked here.
resource "keycloak_realm" "staff" {
  realm = "staff"
}

resource "keycloak_openid_client" "records" { # expect-undetermined: qualification/foreign-dependency
  realm_id    = keycloak_realm.staff.id
  client_id   = "records"
  access_type = "CONFIDENTIAL"
}
