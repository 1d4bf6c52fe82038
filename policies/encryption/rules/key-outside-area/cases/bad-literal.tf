# The key is managed elsewhere, and its name says where. The key of the replica counts as well.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_dynamodb_table" "sessions" {
  name             = "sessions"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  tags             = { data-classification = "health" }
  attribute {
    name = "id"
    type = "S"
  }
  replica {
    region_name = "us-east-1"
    kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" # expect: encryption/key-outside-area
  }
}
