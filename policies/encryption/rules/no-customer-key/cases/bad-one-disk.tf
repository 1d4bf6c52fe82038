# The root disk has the customer's key, the other one the provider's.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_kms_key" "records" {
  description = "records"
}

resource "aws_instance" "records" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "m6i.large"
  tags          = { data-classification = "health" }

  root_block_device {
    encrypted  = true
    kms_key_id = aws_kms_key.records.arn
  }
  ebs_block_device {
    device_name = "/dev/sdb"
    encrypted   = true # expect: encryption/no-customer-key
  }
}
