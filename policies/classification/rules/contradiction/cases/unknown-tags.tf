# The name tells; what the labels say against it is not known here.
variable "tags" {
  type = map(string)
}

resource "aws_s3_bucket" "patients" {
  bucket = "dossiers-patients"
  tags   = var.tags # expect-undetermined: classification/contradiction
}
