# Health data. A European operator without a visa is enough for it; a record that is not proxied sends nothing through
# anybody; what a foreign company keeps as a store is judged as a store.
terraform {
  required_providers {
    cloudflare   = { source = "cloudflare/cloudflare" }
    mongodbatlas = { source = "mongodb/mongodbatlas" }
    scaleway     = { source = "scaleway/scaleway" }
  }
}

provider "google" {
  project = "records"
  region  = "europe-west9"
}

resource "google_storage_bucket" "records" {
  name     = "records"
  location = "EUROPE-WEST9"
  labels   = { data-classification = "sante" }
}

resource "google_cloud_run_v2_service" "api" {
  name     = "api"
  location = "europe-west9"
  labels   = { data-classification = "sante" }

  template {
    containers {
      image = "rg.fr-par.scw.cloud/records/api:1"
    }
    containers {
      image = "europe-west9-docker.pkg.dev/records/api/side:1"
    }
  }
}

resource "cloudflare_record" "www" {
  zone_id = "0123456789abcdef"
  name    = "www"
  type    = "A"
  content = "203.0.113.7"
  proxied = false
}

resource "mongodbatlas_project" "records" {
  name   = "records"
  org_id = "0123456789abcdef"
}

resource "mongodbatlas_cluster" "records" {
  project_id                  = mongodbatlas_project.records.id
  name                        = "records"
  provider_name               = "AWS"
  provider_region_name        = "EU_WEST_3"
  provider_instance_size_name = "M10"
}
