# The database is outside, which is another rule's finding; the snapshot follows it, and is no second one.
provider "aws" {
  region = "us-east-1"
}

resource "aws_db_instance" "records" {
  identifier        = "records"
  engine            = "postgres"
  instance_class    = "db.t4g.medium"
  allocated_storage = 20
  tags              = { data-classification = "health" }
}

resource "aws_db_snapshot" "records" {
  db_instance_identifier = aws_db_instance.records.identifier
  db_snapshot_identifier = "records"
}
