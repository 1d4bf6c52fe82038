resource "aws_s3_bucket" "archive" {
  bucket = "store-1"
  tags   = { classification = "diffusion-restreinte" }
}
