# A global table writes every item in every region that it names.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_dynamodb_table" "appointments" {
  name         = "appointments"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  replica {
    region_name = "eu-west-1"
  }

  replica {
    region_name = "us-east-1" # expect: residency/copy-outside-area
  }

  tags = { data-classification = "health" }
}
