# Health data at a host of the Union, watched by an American service; what is watched there has no label of its own. Three
# monitors are one thing to look at: the first stands for them. A deploy secret flows elsewhere, and is another.
terraform {
  required_providers {
    datadog = { source = "DataDog/datadog" }
    github  = { source = "integrations/github" }
    ovh     = { source = "ovh/ovh" }
  }
}

provider "datadog" {
  api_url = "https://api.datadoghq.eu/" # in the Union, at a company that is not
}

resource "ovh_cloud_project_database" "records" {
  service_name = "0123456789abcdef"
  description  = "dossiers de sante"
  engine       = "postgresql"
  version      = "16"
  plan         = "business"
  flavor       = "db1-7"

  nodes {
    region = "GRA"
  }
}

resource "ovh_cloud_project_storage" "records" {
  service_name = "0123456789abcdef"
  region_name  = "GRA"
  name         = "patients"
}

resource "datadog_monitor" "cpu" { # expect: qualification/foreign-dependency
  name    = "cpu"
  type    = "metric alert"
  query   = "avg(last_5m):avg:system.cpu.user{*} > 90"
  message = "cpu"
}

resource "datadog_monitor" "disk" {
  name    = "disk"
  type    = "metric alert"
  query   = "avg(last_5m):avg:system.disk.in_use{*} > 0.9"
  message = "disk"
}

resource "datadog_dashboard" "all" {
  title       = "all"
  layout_type = "ordered"
}

resource "github_actions_secret" "database" { # expect: qualification/foreign-dependency
  repository      = "records"
  secret_name     = "DATABASE_URL"
  encrypted_value = "c2VhbGVk"
}
