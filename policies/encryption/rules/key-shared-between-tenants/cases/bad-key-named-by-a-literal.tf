# The key is managed elsewhere: the finding stands on the first store that names it.
provider "aws" {
  region = "eu-west-3"
}

locals {
  key = "arn:aws:kms:eu-west-3:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
}

resource "aws_sqs_queue" "results" {
  for_each          = toset(["chu-a", "chu-b"])
  name              = "results-${each.key}"
  kms_master_key_id = local.key # expect: encryption/key-shared-between-tenants
  tags              = { data-classification = "health", tenant = each.key }
}
