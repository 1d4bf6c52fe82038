# Copies of public data may be anywhere.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_dynamodb_table" "opening_hours" {
  name         = "opening-hours"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  replica {
    region_name = "us-east-1"
  }

  tags = { data-classification = "public" }
}
