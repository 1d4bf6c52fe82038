resource "ovh_cloud_project_database" "records" { # expect-undetermined: encryption/not-encrypted
  service_name = "0123456789abcdef"
  description  = "dossiers-patients"
  engine       = "postgresql"
  version      = "16"
  plan         = "business"
  flavor       = "db1-7"
  nodes {
    region = "GRA"
  }
}
