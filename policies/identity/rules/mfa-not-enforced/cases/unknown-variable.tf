provider "aws" {
  region = "eu-west-3"
}

variable "mfa" {
  type = string
}

resource "aws_cognito_user_pool" "patients" {
  name              = "patients"
  mfa_configuration = var.mfa # expect-undetermined: identity/mfa-not-enforced
  tags              = { data-classification = "health" }
}
