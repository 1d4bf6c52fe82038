# A European holder, in France.
resource "scaleway_key_manager_key" "records" {
  name      = "records"
  region    = "fr-par"
  usage     = "symmetric_encryption"
  algorithm = "aes_256_gcm"
}

resource "scaleway_secret" "records" {
  name   = "records"
  region = "fr-par"
  key_id = scaleway_key_manager_key.records.id
  tags   = ["data-classification=health"]
}
