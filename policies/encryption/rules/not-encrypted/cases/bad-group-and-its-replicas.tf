# The group lies in clear and so do its replicas: one switch, one finding.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_elasticache_replication_group" "sessions" { # expect: encryption/not-encrypted
  replication_group_id = "sessions"
  description          = "sessions"
  node_type            = "cache.t4g.small"
  tags                 = { data-classification = "health" }
}

resource "aws_elasticache_global_replication_group" "sessions" {
  global_replication_group_id_suffix = "sessions"
  primary_replication_group_id       = aws_elasticache_replication_group.sessions.id
}
