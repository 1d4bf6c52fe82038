# An estate that gives every built-in rule something to do: sites of twenty resources each at five clouds, with levels,
# tenants and regions mixed, keys that several sites share, copies, credentials, sign-ins, front doors and dependencies.
# A quarter keeps no data at all.
terraform {
  required_providers {
    aws      = { source = "hashicorp/aws" }
    azurerm  = { source = "hashicorp/azurerm" }
    datadog  = { source = "DataDog/datadog" }
    google   = { source = "hashicorp/google" }
    outscale = { source = "outscale/outscale" }
    scaleway = { source = "scaleway/scaleway" }
  }

  backend "s3" {
    bucket = "states"
    key    = "estate"
    region = "eu-west-3"
  }
}

provider "aws" {
  region = "eu-west-3"
}

provider "google" {
  region = "europe-west9"
}

provider "outscale" {
  api {
    region = "cloudgouv-eu-west-1"
  }
}

provider "scaleway" {
  region = "fr-par"
}

provider "datadog" {
  api_url = "https://api.datadoghq.eu/"
}

locals {
  sites = { for i in SITES : format("site-%05d", i) => {
    level  = ["personal", "health", "secnumcloud", "internal", "personal", "health"][i % 6]
    region = ["eu-west-3", "eu-central-1", "eu-west-3", "eu-west-2", "us-east-1"][i % 5]
    key    = format("key-%05d", floor(i / 10))
    # Now and then a key serves two of them.
    tenant = format("chu-%04d", floor(i / 25))
  } }
  keys = toset([for site in local.sites : site.key])
}

resource "aws_kms_key" "main" {
  for_each                = local.keys
  enable_key_rotation     = true
  deletion_window_in_days = 14
}

resource "aws_s3_bucket" "records" {
  for_each = local.sites
  bucket   = "records-${each.key}"
  region   = each.value.region
  tags     = { data-classification = each.value.level, tenant = each.value.tenant }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "records" {
  for_each = local.sites
  bucket   = aws_s3_bucket.records[each.key].id
  region   = each.value.region

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.main[each.value.key].arn
    }
  }
}

resource "aws_s3_bucket_replication_configuration" "records" {
  for_each = local.sites
  bucket   = aws_s3_bucket.records[each.key].id
  region   = each.value.region
  role     = "arn:aws:iam::111122223333:role/copies"

  rule {
    status = "Enabled"
    destination {
      bucket = aws_s3_bucket.copies[each.key].arn
    }
  }
}

resource "aws_s3_bucket" "copies" {
  for_each = local.sites
  bucket   = "copies-${each.key}"
  region   = "eu-central-1"
}

resource "aws_db_instance" "records" {
  for_each          = local.sites
  identifier        = "records-${each.key}"
  storage_encrypted = true
  kms_key_id        = aws_kms_key.main[each.value.key].arn
  tags              = { data-classification = each.value.level, tenant = each.value.tenant }
}

# Nobody says what it holds, or says less than its name.
resource "aws_dynamodb_table" "sessions" {
  for_each = local.sites
  name     = each.value.level == "internal" ? "patients-${each.key}" : "sessions-${each.key}"
  tags     = each.value.level == "internal" ? tomap({ data-classification = "public" }) : tomap({})

  dynamic "replica" {
    for_each = each.value.level == "personal" ? ["us-east-1"] : []
    content {
      region_name = replica.value
    }
  }
}

resource "aws_instance" "front" {
  for_each      = local.sites
  instance_type = "m7i.large"
  tags          = { data-classification = each.value.level, tenant = each.value.tenant }
}

resource "outscale_oks_cluster" "archive" {
  for_each      = local.sites
  name          = "archive-${each.key}"
  cp_subregions = ["cloudgouv-eu-west-1a"]
  tags          = { data-classification = each.value.level }
}

resource "aws_security_group" "front" {
  for_each = local.sites
  name     = "front-${each.key}"
}

resource "aws_iam_access_key" "batch" {
  for_each = local.sites
  user     = "batch-${each.key}"
}

resource "aws_cognito_user_pool" "users" {
  for_each          = local.sites
  name              = "users-${each.key}"
  mfa_configuration = each.value.level == "health" ? "OPTIONAL" : "ON"
  tags              = { data-classification = each.value.level }
}

resource "aws_cloudfront_distribution" "front" {
  for_each = local.sites
  enabled  = true
  tags     = { data-classification = each.value.level == "internal" ? "public" : each.value.level }

  origin {
    domain_name = aws_s3_bucket.records[each.key].bucket_regional_domain_name
    origin_id   = "records"
  }
}

resource "aws_cloudwatch_log_group" "front" {
  for_each = local.sites
  name     = "/front/${each.key}"
}

resource "outscale_volume" "archive" {
  for_each       = local.sites
  subregion_name = "cloudgouv-eu-west-1a"
  size           = 100

  tags {
    key   = "data-classification"
    value = each.value.level
  }
}

resource "outscale_snapshot" "archive" {
  for_each  = local.sites
  volume_id = outscale_volume.archive[each.key].volume_id
}

resource "outscale_vm" "archive" {
  for_each = local.sites
  image_id = "ami-0a1b2c3d"

  tags {
    key   = "data-classification"
    value = each.value.level
  }
}

resource "azurerm_storage_account" "exchange" {
  for_each                 = local.sites
  name                     = "exchange${each.key}"
  location                 = "West Europe"
  account_replication_type = "GRS"
  tags                     = { tenant = each.value.tenant, data-classification = each.value.level }
}

resource "google_sql_database_instance" "planning" {
  for_each         = local.sites
  name             = "planning-${each.key}"
  database_version = "POSTGRES_17"
}

resource "scaleway_container" "api" {
  for_each       = local.sites
  name           = "api-${each.key}"
  namespace_id   = "fr-par/11111111-1111-1111-1111-111111111111"
  registry_image = "ghcr.io/acme/api:1"
  tags           = ["data-classification=${each.value.level}"]
}

resource "scaleway_rdb_instance" "api" {
  for_each           = local.sites
  name               = "api-${each.key}"
  node_type          = "DB-DEV-S"
  engine             = "PostgreSQL-17"
  encryption_at_rest = true
  tags               = ["data-classification=${each.value.level}", "tenant=${each.value.tenant}"]
}

resource "datadog_monitor" "front" {
  name    = "front"
  type    = "metric alert"
  query   = "avg(last_5m):avg:system.cpu.user{*} > 90"
  message = "front"
}
