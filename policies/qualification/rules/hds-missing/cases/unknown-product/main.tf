terraform {
  required_providers {
    scaleway = { source = "scaleway/scaleway" }
    ovh      = { source = "ovh/ovh" }
  }
}

# The same company, inside the certificate's region, and a product that its list does not name.
resource "scaleway_rdb_instance" "records" { # expect-undetermined: qualification/hds-missing
  name      = "records"
  node_type = "DB-DEV-S"
  engine    = "PostgreSQL-15"
  region    = "fr-par"
  tags      = ["data-classification=health"]
}

resource "scaleway_instance_server" "records" {
  name  = "records"
  type  = "DEV1-S"
  image = "ubuntu_jammy"
  zone  = "fr-par-1"
  tags  = ["data-classification=health"]
}
