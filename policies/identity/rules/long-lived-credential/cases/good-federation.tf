# Workload identity leaves no key to find; a certificate and a password store are no static keys either.
provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "records" {
  bucket = "records"
  tags   = { data-classification = "health" }
}

resource "aws_iam_openid_connect_provider" "pipeline" {
  url            = "https://gitlab.example.eu"
  client_id_list = ["https://gitlab.example.eu"]
}

resource "aws_iam_role" "pipeline" {
  name               = "pipeline"
  assume_role_policy = "{}"
}

resource "google_iam_workload_identity_pool" "pipeline" {
  workload_identity_pool_id = "pipeline"
}

resource "azuread_application_federated_identity_credential" "pipeline" {
  application_id = "/applications/00000000-0000-0000-0000-000000000000"
  display_name   = "pipeline"
  audiences      = ["api://AzureADTokenExchange"]
  issuer         = "https://gitlab.example.eu"
  subject        = "project_path:records"
}
