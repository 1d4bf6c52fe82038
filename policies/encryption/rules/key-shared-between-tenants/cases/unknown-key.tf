provider "aws" {
  region = "eu-west-3"
}

variable "key" {
  type = string
}

resource "aws_db_instance" "records" {
  for_each          = toset(["chu-a", "chu-b"])
  identifier        = "records-${each.key}"
  engine            = "postgres"
  instance_class    = "db.t4g.medium"
  storage_encrypted = true
  kms_key_id        = var.key # expect-undetermined: encryption/key-shared-between-tenants
  tags              = { data-classification = "health", tenant = each.key }
}
