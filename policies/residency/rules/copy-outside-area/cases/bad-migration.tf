# The task sends what its source endpoint stands for to what its target endpoint stands for.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_db_instance" "records" { # expect: residency/copy-outside-area
  identifier = "records"
  tags       = { data-classification = "health" }
}

resource "aws_dms_endpoint" "from" {
  endpoint_id   = "from"
  endpoint_type = "source"
  engine_name   = "postgres"
  server_name   = aws_db_instance.records.address
}

resource "aws_dms_endpoint" "to" {
  endpoint_id   = "to"
  endpoint_type = "target"
  engine_name   = "postgres"
  server_name   = "analysis.abcdefghijkl.us-east-1.rds.amazonaws.com"
}

resource "aws_dms_replication_task" "records" {
  replication_task_id      = "records"
  migration_type           = "cdc"
  replication_instance_arn = "arn:aws:dms:eu-west-3:111122223333:rep:ABC"
  source_endpoint_arn      = aws_dms_endpoint.from.endpoint_arn
  target_endpoint_arn      = aws_dms_endpoint.to.endpoint_arn
  table_mappings           = "{}"
}
