# The snapshot decides, and is not part of the code.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_ebs_volume" "restored" {
  availability_zone = "eu-west-3a"
  snapshot_id       = "snap-0123456789abcdef0" # expect-undetermined: encryption/not-encrypted
  tags              = { data-classification = "health" }
}
