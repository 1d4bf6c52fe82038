provider "outscale" {
  api {
    region = var.region
  }
}

provider "outscale" {
  alias = "reprise"

  api {
    region = "eu-west-2"
  }
}

# Object storage answers the S3 protocol; no call leaves for another cloud.
provider "aws" {
  region                      = var.region
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true

  endpoints {
    s3 = "https://oos.${var.region}.outscale.com"
  }
}
