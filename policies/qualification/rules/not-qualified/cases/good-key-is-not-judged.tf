# A key holds no data: it answers to the rules on encryption.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_kms_key" "registry" {
  description = "registry"
  tags        = { data-classification = "secnumcloud" }
}
