# Offered is not enforced, where health data is behind the door.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_cognito_user_pool" "patients" {
  name              = "patients"
  mfa_configuration = "OPTIONAL" # expect: identity/mfa-not-enforced
  software_token_mfa_configuration {
    enabled = true
  }
  tags = { data-classification = "health" }
}
