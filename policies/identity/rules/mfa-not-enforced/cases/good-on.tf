provider "aws" {
  region = "eu-west-3"
}

resource "aws_cognito_user_pool" "patients" {
  name              = "patients"
  mfa_configuration = "ON"
  software_token_mfa_configuration {
    enabled = true
  }
  tags = { data-classification = "health" }
}
