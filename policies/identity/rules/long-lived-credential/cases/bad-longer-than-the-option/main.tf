# Each ends, and so passes without the option. Counted from the day of the scan, or in the days that the code says.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "records" {
  bucket = "records"
  tags   = { data-classification = "health" }
}

resource "scaleway_iam_api_key" "years" {
  application_id = "11111111-1111-1111-1111-111111111111"
  expires_at     = "2028-02-28T00:00:00Z" # expect: identity/long-lived-credential
}

resource "ovh_me_identity_user_token" "year" {
  user_login  = "robot"
  name        = "robot"
  description = "robot"
  expires_in  = 31536000 # expect: identity/long-lived-credential
}

# Ninety days to the second: at most 90.
resource "ovh_me_identity_user_token" "quarter" {
  user_login  = "robot"
  name        = "quarter"
  description = "quarter"
  expires_in  = 7776000
}

# It is set, and when it ends is known after apply.
resource "scaleway_iam_api_key" "computed" {
  application_id = "11111111-1111-1111-1111-111111111111"
  expires_at     = timeadd(timestamp(), "2160h") # expect-undetermined: identity/long-lived-credential
}
