# Google chooses the regions of the secret.
resource "google_secret_manager_secret" "registry" {
  secret_id = "registry"
  labels    = { data-classification = "secnumcloud" }

  replication {
    auto {} # expect: residency/worldwide-service
  }
}
