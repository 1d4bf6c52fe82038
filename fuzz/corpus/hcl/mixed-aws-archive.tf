module "archive" {
  source = "./modules/archive"

  providers = {
    aws         = aws
    aws.archive = aws.archive
  }

  bucket_name = "telecare-${var.environment}-archive"
  kms_key_arn = aws_kms_key.archive.arn
}
