terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.archive]
    }
  }
}

variable "bucket_name" {
  type = string
}

variable "kms_key_arn" {
  type = string
}

resource "aws_s3_bucket" "records" {
  provider = aws.archive

  bucket = var.bucket_name

  tags = {
    classification = "health"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "records" {
  provider = aws.archive

  bucket = aws_s3_bucket.records.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket" "inventory" {
  bucket = "${var.bucket_name}-inventory"

  tags = {
    classification = "internal"
  }
}
