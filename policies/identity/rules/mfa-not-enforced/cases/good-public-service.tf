# Nothing asks for a second factor in front of public data.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_cognito_user_pool" "readers" {
  name = "readers"
  tags = { data-classification = "public" }
}
