provider "aws" {
  region = "eu-west-3"
}

variable "key" {
  type = string
}

resource "aws_sqs_queue" "results" {
  name              = "results"
  kms_master_key_id = var.key # expect-undetermined: encryption/key-outside-area
  tags              = { data-classification = "health" }
}
