# A copy is encrypted as its source is, and the source is elsewhere.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_ami_copy" "records" {
  name              = "records"
  source_ami_id     = "ami-0123456789abcdef0" # expect-undetermined: encryption/not-encrypted
  source_ami_region = "eu-west-3"
  tags              = { data-classification = "health" }
}
