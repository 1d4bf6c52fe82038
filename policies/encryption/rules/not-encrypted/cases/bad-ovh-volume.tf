# A type ending in -luks is encrypted, and so is any type with the block that asks for it.
resource "ovh_cloud_project_volume" "luks" {
  service_name = "0123456789abcdef"
  region_name  = "GRA11"
  name         = "dossiers-patients-a"
  type         = "high-speed-gen2-luks"
  size         = 100
}

resource "ovh_cloud_project_volume" "asked" {
  service_name = "0123456789abcdef"
  region_name  = "EU-WEST-PAR"
  name         = "dossiers-patients-b"
  type         = "high-speed-gen2"
  size         = 100
  encryption {
    encrypted = true
  }
}

resource "ovh_cloud_project_volume" "plain" { # expect: encryption/not-encrypted
  service_name = "0123456789abcdef"
  region_name  = "GRA11"
  name         = "dossiers-patients-c"
  type         = "high-speed-gen2"
  size         = 100
}
