# Encryption is an argument, and off without it.
resource "scaleway_rdb_instance" "records" { # expect: encryption/not-encrypted
  name      = "records"
  node_type = "DB-DEV-S"
  engine    = "PostgreSQL-15"
  region    = "fr-par"
  tags      = ["data-classification=health"]
}
