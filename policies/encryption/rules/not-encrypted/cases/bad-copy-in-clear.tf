# The primary is encrypted, and its replica is not: said of both.
provider "opentelekomcloud" {
  region = "eu-de"
}

resource "opentelekomcloud_kms_key_v1" "records" {
  key_alias = "records"
}

resource "opentelekomcloud_rds_instance_v3" "records" { # expect: encryption/not-encrypted
  name              = "records"
  availability_zone = ["eu-de-01"]
  flavor            = "rds.pg.c2.medium"
  tags              = { data-classification = "health" }
  db {
    type     = "PostgreSQL"
    version  = "16"
    password = "from-a-vault"
  }
  volume {
    type               = "COMMON"
    size               = 100
    disk_encryption_id = opentelekomcloud_kms_key_v1.records.id
  }
}

resource "opentelekomcloud_rds_read_replica_v3" "records" { # expect: encryption/not-encrypted
  name          = "records-read"
  flavor_ref    = "rds.pg.c2.medium.rr"
  replica_of_id = opentelekomcloud_rds_instance_v3.records.id
  volume {
    type = "COMMON"
  }
}
