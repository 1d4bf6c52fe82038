locals {
  tags = {
    classification = "health"
    tenant         = var.name
  }
}

resource "aws_db_instance" "records" {
  identifier                  = "records-${var.name}"
  engine                      = "postgres"
  engine_version              = "17"
  instance_class              = var.instance_class
  allocated_storage           = var.storage_gib
  db_name                     = "records"
  username                    = "telecare"
  manage_master_user_password = true
  db_subnet_group_name        = var.subnet_group_name
  storage_encrypted           = true
  kms_key_id                  = var.kms_key_arn
  backup_retention_period     = 14
  deletion_protection         = true
  multi_az                    = true
  final_snapshot_identifier   = "records-${var.name}-final"
  tags                        = local.tags
}

resource "aws_s3_bucket" "documents" {
  bucket = "telecare-${var.name}-documents"
  tags   = local.tags
}

resource "aws_s3_bucket_server_side_encryption_configuration" "documents" {
  bucket = aws_s3_bucket.documents.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "documents" {
  bucket                  = aws_s3_bucket.documents.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
