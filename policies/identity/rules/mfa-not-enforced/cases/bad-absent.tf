# Without the argument the pool asks for a password only.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_cognito_user_pool" "patients" { # expect: identity/mfa-not-enforced
  name = "patients"
  tags = { data-classification = "health" }
}
