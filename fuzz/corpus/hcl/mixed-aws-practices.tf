resource "aws_db_subnet_group" "records" {
  name       = "telecare-records"
  subnet_ids = var.private_subnet_ids
}

module "practice" {
  source   = "./modules/practice"
  for_each = var.practices

  name              = each.key
  kms_key_arn       = aws_kms_key.practice[each.key].arn
  instance_class    = each.value.instance_type
  storage_gib       = each.value.storage_gib
  subnet_group_name = aws_db_subnet_group.records.name
}

resource "aws_sqs_queue" "results" {
  for_each = var.practices

  name                      = "results-${each.key}"
  message_retention_seconds = 345600
  kms_master_key_id         = aws_kms_key.messaging.arn

  tags = {
    classification = "health"
    tenant         = each.key
  }
}
