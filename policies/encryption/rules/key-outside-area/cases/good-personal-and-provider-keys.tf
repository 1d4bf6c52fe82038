# Keys for personal data are not asked, nor is the provider's own key.
provider "aws" {
  region = "eu-west-3"
}

provider "aws" {
  alias  = "virginia"
  region = "us-east-1"
}

resource "aws_kms_key" "members" {
  provider = aws.virginia
}

resource "aws_sqs_queue" "members" {
  provider          = aws.virginia
  name              = "members"
  kms_master_key_id = aws_kms_key.members.arn
  tags              = { data-classification = "personal" }
}

resource "aws_sqs_queue" "results" {
  name              = "results"
  kms_master_key_id = "alias/aws/sqs"
  tags              = { data-classification = "health" }
}
