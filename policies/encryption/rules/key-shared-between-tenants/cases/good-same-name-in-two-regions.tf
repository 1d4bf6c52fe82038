# An alias is a name in a region: the same name in another region is another key.
provider "aws" {
  region = "eu-west-3"
}

provider "aws" {
  alias  = "ireland"
  region = "eu-west-1"
}

resource "aws_sqs_queue" "a" {
  name              = "results"
  kms_master_key_id = "alias/records"
  tags              = { data-classification = "health", tenant = "chu-a" }
}

resource "aws_sqs_queue" "b" {
  provider          = aws.ireland
  name              = "results"
  kms_master_key_id = "alias/records"
  tags              = { data-classification = "health", tenant = "chu-b" }
}
