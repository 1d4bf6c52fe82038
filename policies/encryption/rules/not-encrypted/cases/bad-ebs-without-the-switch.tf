# An EBS volume is in clear unless it or its account says otherwise; the switch of another region is not this one's.
provider "aws" {
  region = "eu-west-3"
}

provider "aws" {
  alias  = "ireland"
  region = "eu-west-1"
}

resource "aws_ebs_encryption_by_default" "ireland" {
  provider = aws.ireland
  enabled  = true
}

resource "aws_ebs_volume" "records" { # expect: encryption/not-encrypted
  availability_zone = "eu-west-3a"
  size              = 100
  tags              = { data-classification = "health" }
}

# Each disk counts, at the line that says so.
resource "aws_instance" "records" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "m6i.large"
  tags          = { data-classification = "health" }

  root_block_device {
    encrypted = true
  }
  ebs_block_device {
    device_name = "/dev/sdb"
    encrypted   = false # expect: encryption/not-encrypted
  }
}
