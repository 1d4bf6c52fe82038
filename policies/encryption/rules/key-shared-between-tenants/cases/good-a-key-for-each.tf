provider "aws" {
  region = "eu-west-3"
}

locals {
  tenants = toset(["chu-a", "chu-b"])
}

resource "aws_kms_key" "tenant" {
  for_each    = local.tenants
  description = "records of ${each.key}"
}

resource "aws_db_instance" "records" {
  for_each          = local.tenants
  identifier        = "records-${each.key}"
  engine            = "postgres"
  instance_class    = "db.t4g.medium"
  storage_encrypted = true
  kms_key_id        = aws_kms_key.tenant[each.key].arn
  tags              = { data-classification = "health", tenant = each.key }
}

resource "aws_sqs_queue" "results" {
  for_each          = local.tenants
  name              = "results-${each.key}"
  kms_master_key_id = aws_kms_key.tenant[each.key].arn
  tags              = { data-classification = "health", tenant = each.key }
}
