# Nothing on the volume: the account encrypts every new volume of the region.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_ebs_encryption_by_default" "paris" {
  enabled = true
}

resource "aws_ebs_volume" "records" {
  availability_zone = "eu-west-3a"
  size              = 100
  tags              = { data-classification = "health" }
}
