# Words that nothing else is called by count without a label.
resource "aws_s3_bucket" "archive" {
  bucket = "archives-secret-defense" # expect: classification/out-of-band
}
