# The primary is within reach of foreign law; its replica is in the United States as well.
provider "aws" {
  region = "eu-west-3"
}

provider "aws" {
  alias  = "virginia"
  region = "us-east-1"
}

resource "aws_kms_key" "records" { # expect: encryption/key-outside-area
  multi_region = true
}

resource "aws_kms_replica_key" "records" { # expect: encryption/key-outside-area
  provider        = aws.virginia
  primary_key_arn = aws_kms_key.records.arn
}

resource "aws_sqs_queue" "results" {
  name              = "results"
  kms_master_key_id = aws_kms_key.records.arn
  tags              = { data-classification = "health" }
}
