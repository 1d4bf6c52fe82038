# A European holder, in France.
resource "scaleway_key_manager_key" "records" {
  name        = "records"
  region      = "fr-par"
  usage       = "symmetric_encryption"
  algorithm   = "aes_256_gcm"
  unprotected = true
}

resource "scaleway_object_bucket" "records" {
  name   = "records"
  region = "fr-par"
  tags   = { data-classification = "health" }
}
