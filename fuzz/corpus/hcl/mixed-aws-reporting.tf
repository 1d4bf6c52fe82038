resource "aws_dynamodb_table" "activity" {
  provider = aws.reporting

  name         = "telecare-activity"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "practice"
  range_key    = "day"

  attribute {
    name = "practice"
    type = "S"
  }

  attribute {
    name = "day"
    type = "S"
  }

  server_side_encryption {
    enabled = true
  }
}

resource "aws_cloudwatch_log_group" "audit" {
  name              = "/telecare/audit"
  region            = "eu-west-1"
  retention_in_days = 365
}
