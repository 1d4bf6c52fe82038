terraform {
  required_version = ">= 1.9"

  required_providers {
    outscale = {
      source  = "outscale/outscale"
      version = "~> 1.8"
    }
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  backend "s3" {
    bucket                      = "dpx-tfstate"
    key                         = "production/terraform.tfstate"
    region                      = "cloudgouv-eu-west-1"
    endpoints                   = { s3 = "https://oos.cloudgouv-eu-west-1.outscale.com" }
    use_lockfile                = true
    skip_credentials_validation = true
    skip_region_validation      = true
    skip_requesting_account_id  = true
    skip_metadata_api_check     = true
    skip_s3_checksum            = true
  }
}
