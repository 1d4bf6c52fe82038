resource "aws_cognito_user_pool" "staff" {
  name              = "telecare-staff"
  mfa_configuration = "ON"

  software_token_mfa_configuration {
    enabled = true
  }

  password_policy {
    minimum_length    = 14
    require_lowercase = true
    require_numbers   = true
    require_symbols   = true
    require_uppercase = true
  }
}

resource "aws_cognito_user_pool" "followed" {
  name                     = "telecare-app"
  auto_verified_attributes = ["email"]

  password_policy {
    minimum_length    = 12
    require_lowercase = true
    require_numbers   = true
    require_symbols   = false
    require_uppercase = true
  }

  tags = {
    classification = "health"
  }
}

resource "aws_cognito_user_pool_client" "app" {
  name         = "mobile"
  user_pool_id = aws_cognito_user_pool.followed.id

  explicit_auth_flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
}
