# A console password; the policy that asks for a second factor, if there is one, is in other code.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "records" {
  bucket = "records"
  tags   = { data-classification = "health" }
}

resource "aws_iam_user" "operator" {
  name = "operator"
}

resource "aws_iam_user_login_profile" "operator" {
  user = aws_iam_user.operator.name # expect-undetermined: identity/mfa-not-enforced
}
