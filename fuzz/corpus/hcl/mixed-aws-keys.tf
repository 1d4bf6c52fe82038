resource "aws_kms_key" "practice" {
  for_each = var.practices

  description             = "Records of ${each.key} (${each.value.city})"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  tags                    = { tenant = each.key }
}

resource "aws_kms_alias" "practice" {
  for_each = aws_kms_key.practice

  name          = "alias/telecare/${each.key}"
  target_key_id = each.value.key_id
}

resource "aws_kms_key" "messaging" {
  description             = "Queues of incoming results"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_kms_key" "archive" {
  provider = aws.archive

  description             = "Long-term archive"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}
