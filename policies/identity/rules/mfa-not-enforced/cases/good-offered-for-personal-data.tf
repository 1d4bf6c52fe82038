# What is asked for end users of personal data is that a factor is offered.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_cognito_user_pool" "customers" {
  name              = "customers"
  mfa_configuration = "OPTIONAL"
  software_token_mfa_configuration {
    enabled = true
  }
  tags = { data-classification = "personal" }
}
