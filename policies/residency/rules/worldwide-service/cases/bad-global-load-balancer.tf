# Two addresses of one load balancer are one front door.
resource "google_storage_bucket" "records" {
  name     = "records"
  location = "europe-west9"
  labels   = { data-classification = "health" }
}

resource "google_compute_backend_bucket" "records" {
  name        = "records"
  bucket_name = google_storage_bucket.records.name
  enable_cdn  = true
}

resource "google_compute_url_map" "records" {
  name            = "records"
  default_service = google_compute_backend_bucket.records.id
}

resource "google_compute_managed_ssl_certificate" "records" {
  name = "records"

  managed {
    domains = ["records.example"]
  }
}

resource "google_compute_target_https_proxy" "records" {
  name             = "records"
  url_map          = google_compute_url_map.records.id
  ssl_certificates = [google_compute_managed_ssl_certificate.records.id]
}

resource "google_compute_global_forwarding_rule" "v4" { # expect: residency/worldwide-service
  name       = "records-v4"
  target     = google_compute_target_https_proxy.records.id
  port_range = "443"
  ip_version = "IPV4"
}

resource "google_compute_global_forwarding_rule" "v6" {
  name       = "records-v6"
  target     = google_compute_target_https_proxy.records.id
  port_range = "443"
  ip_version = "IPV6"
}
