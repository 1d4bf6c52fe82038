# The key comes out of a module, once for all.
provider "aws" {
  region = "eu-west-3"
}

module "keys" {
  source = "./keys"
}

resource "aws_sqs_queue" "results" {
  for_each          = toset(["chu-a", "chu-b"])
  name              = "results-${each.key}"
  kms_master_key_id = module.keys.arn
  tags              = { data-classification = "health", tenant = each.key }
}
