locals {
  region = local.place
  place  = lower(local.zone)
  zone   = "${local.region}a"

  owner = "desk"
}

provider "aws" {
  region = "eu-west-3"
}

resource "aws_ebs_volume" "data" {
  availability_zone = local.zone
  size              = 20
  encrypted         = true

  tags = {
    classification = "personal"
  }
}

resource "aws_s3_bucket" "letters" {
  bucket = "letters-${local.owner}"

  tags = {
    classification = "personal"
  }
}
