# One undetermined outcome for the key, on the first store that names it.
provider "aws" {
  region = "eu-west-3"
}

locals {
  key = "arn:aws:kms:eu-west-3:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
}

resource "aws_sqs_queue" "letters" {
  name              = "letters"
  kms_master_key_id = local.key # expect-undetermined: encryption/key-not-erasable
  tags              = { data-classification = "health" }
}

resource "aws_sqs_queue" "results" {
  name              = "results"
  kms_master_key_id = local.key
  tags              = { data-classification = "health" }
}
