# Each ends: a date, a duration, a clock, a limit of the account, or the directory itself.
provider "outscale" {
  api {
    region = "eu-west-2"
  }
}

provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "records" {
  bucket = "records"
  tags   = { data-classification = "health" }
}

resource "outscale_access_key" "dated" {
  expiration_date = "2027-02-28"
}

resource "scaleway_iam_api_key" "dated" {
  application_id = "11111111-1111-1111-1111-111111111111"
  expires_at     = "2027-02-28T00:00:00Z"
}

resource "ovh_me_identity_user_token" "robot" {
  user_login  = "robot"
  name        = "robot"
  description = "robot"
  expires_in  = 7776000
}

resource "time_rotating" "monthly" {
  rotation_days = 30
}

resource "aws_iam_access_key" "rotated" {
  user = "pipeline"
  lifecycle {
    replace_triggered_by = [time_rotating.monthly]
  }
}

resource "google_service_account_key" "rotated" {
  service_account_id = "reader"
  keepers            = { rotation = time_rotating.monthly.rotation_rfc3339 }
}

# Microsoft Entra ID ends it after two years.
resource "azuread_application_password" "portal" {
  application_id = "/applications/00000000-0000-0000-0000-000000000000"
}

# Known only after apply: it is set.
resource "scaleway_iam_api_key" "computed" {
  application_id = "11111111-1111-1111-1111-111111111111"
  expires_at     = timeadd(timestamp(), "2160h")
}

# Switched off: good for nothing.
resource "aws_iam_access_key" "off" {
  user   = "leaver"
  status = "Inactive"
}
