# What keeps backups is a copy, whatever it saves: its own place counts.
provider "aws" {
  region = "us-east-1"
}

resource "aws_backup_vault" "records" { # expect: residency/copy-outside-area
  name = "records"
  tags = { data-classification = "health" }
}
