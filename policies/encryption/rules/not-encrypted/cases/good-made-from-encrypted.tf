# A replica and a restored database are encrypted as what they were made from, without an argument of their own.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_db_instance" "primary" {
  identifier        = "records"
  engine            = "postgres"
  instance_class    = "db.t4g.medium"
  storage_encrypted = true
  tags              = { data-classification = "health" }
}

resource "aws_db_instance" "replica" {
  identifier          = "records-read"
  instance_class      = "db.t4g.medium"
  replicate_source_db = aws_db_instance.primary.identifier
}

resource "aws_ebs_volume" "work" {
  availability_zone = "eu-west-3a"
  size              = 100
  encrypted         = true
  tags              = { data-classification = "health" }
}

resource "aws_ebs_snapshot" "work" {
  volume_id = aws_ebs_volume.work.id
}

resource "aws_ebs_volume" "restored" {
  availability_zone = "eu-west-3a"
  snapshot_id       = aws_ebs_snapshot.work.id
  tags              = { data-classification = "health" }
}

# The members of a global datastore take the encryption of its primary; the argument is refused on them.
resource "aws_elasticache_replication_group" "primary" {
  replication_group_id       = "primary"
  description                = "sessions"
  at_rest_encryption_enabled = true
  tags                       = { data-classification = "health" }
}

resource "aws_elasticache_global_replication_group" "sessions" {
  global_replication_group_id_suffix = "sessions"
  primary_replication_group_id       = aws_elasticache_replication_group.primary.id
}

resource "aws_elasticache_replication_group" "secondary" {
  region                      = "eu-west-1"
  replication_group_id        = "secondary"
  description                 = "sessions"
  global_replication_group_id = aws_elasticache_global_replication_group.sessions.global_replication_group_id
  tags                        = { data-classification = "health" }
}
