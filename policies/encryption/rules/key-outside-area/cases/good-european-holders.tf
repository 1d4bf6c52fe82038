# European holders, in France: a key of Scaleway's manager, and one of OVHcloud's service for health data.
resource "scaleway_key_manager_key" "records" {
  name      = "records"
  region    = "fr-par"
  usage     = "symmetric_encryption"
  algorithm = "aes_256_gcm"
}

resource "scaleway_object_bucket" "records" {
  name   = "records"
  region = "fr-par"
  tags   = { data-classification = "particular" }
}

resource "scaleway_object_bucket_server_side_encryption_configuration" "records" {
  bucket = scaleway_object_bucket.records.name
  region = "fr-par"
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = scaleway_key_manager_key.records.id
    }
  }
}

resource "ovh_okms" "keys" {
  ovh_subsidiary = "FR"
  region         = "eu-west-rbx"
}

resource "ovh_okms_service_key" "records" {
  okms_id    = ovh_okms.keys.id
  name       = "records"
  type       = "oct"
  size       = 256
  operations = ["encrypt", "decrypt"]
}

resource "ovh_cloud_project_volume" "records" {
  service_name = "0123456789abcdef"
  region_name  = "EU-WEST-PAR"
  name         = "dossiers-patients"
  type         = "high-speed-gen2"
  size         = 100
  encryption {
    encrypted = true
    kms {
      domain_id      = ovh_okms.keys.id
      service_key_id = ovh_okms_service_key.records.id
    }
  }
}
