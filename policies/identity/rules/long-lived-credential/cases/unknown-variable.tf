# The expiry comes from a variable that nobody set, and may be empty; a policy whose limit nobody knows may be none.
provider "scaleway" {
  region = "fr-par"
}

provider "outscale" {
  api {
    region = "eu-west-2"
  }
}

variable "key_expiry" {
  type = string
}

variable "max_seconds" {
  type = number
}

resource "scaleway_object_bucket" "records" {
  name = "records"
  tags = { data-classification = "health" }
}

resource "scaleway_iam_api_key" "pipeline" {
  application_id = "11111111-1111-1111-1111-111111111111"
  expires_at     = var.key_expiry # expect-undetermined: identity/long-lived-credential
}

resource "outscale_api_access_policy" "account" {
  max_access_key_expiration_seconds = var.max_seconds
  require_trusted_env               = true
}

resource "outscale_access_key" "backup" { # expect-undetermined: identity/long-lived-credential
  state = "ACTIVE"
}

# Whether a token without a date ends is a setting of the instance.
resource "gitlab_project_access_token" "mirror" { # expect-undetermined: identity/long-lived-credential
  project = "records"
  name    = "mirror"
  scopes  = ["read_repository"]
}
