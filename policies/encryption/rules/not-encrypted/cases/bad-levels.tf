# Personal and internal data are asked too; public data is not.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_db_instance" "members" {
  identifier        = "members"
  engine            = "postgres"
  instance_class    = "db.t4g.medium"
  storage_encrypted = false # expect: encryption/not-encrypted
  tags              = { data-classification = "personal" }
}

resource "aws_efs_file_system" "minutes" { # expect: encryption/not-encrypted
  tags = { data-classification = "internal" }
}

resource "aws_efs_file_system" "site" {
  tags = { data-classification = "public" }
}
