# Regions are named: where they are is asked by other rules.
provider "aws" {
  region = "eu-west-3"
}

resource "google_secret_manager_secret" "registry" {
  secret_id = "registry"
  labels    = { data-classification = "health" }

  replication {
    user_managed {
      replicas {
        location = "europe-west9"
      }
    }
  }
}

resource "aws_dynamodb_table" "records" {
  name         = "records"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  replica {
    region_name = "eu-west-1"
  }

  tags = { data-classification = "health" }
}

resource "aws_lb" "records" {
  name               = "records"
  load_balancer_type = "application"
  tags               = { data-classification = "health" }
}

resource "scaleway_lb" "records" {
  name = "records"
  type = "LB-S"
  zone = "fr-par-1"
  tags = ["data-classification=health"]
}
