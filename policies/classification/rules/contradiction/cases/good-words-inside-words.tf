# No word of these names tells of data: souvenir holds no nir, a health check is operations, dump is no dmp.
resource "aws_s3_bucket" "souvenirs" {
  bucket = "souvenirs-dump"
  tags   = { data-classification = "public" }
}

resource "aws_sqs_queue" "probe" {
  name = "healthcheck-results"
  tags = { data-classification = "internal" }
}
