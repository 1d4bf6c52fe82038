# The password is worth nothing without the factor: the policy denies everything until it is there.
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
  user = aws_iam_user.operator.name
}

resource "aws_iam_user_policy" "factor" {
  user = aws_iam_user.operator.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      NotAction = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "sts:GetSessionToken"]
      Resource  = "*"
      Condition = { BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" } }
    }]
  })
}
