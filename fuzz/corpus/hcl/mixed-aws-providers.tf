locals {
  default_tags = {
    application    = "telecare"
    environment    = var.environment
    classification = "personal"
  }
}

provider "aws" {
  region = "eu-west-3"

  default_tags {
    tags = local.default_tags
  }
}

provider "aws" {
  alias  = "reporting"
  region = "eu-west-2"

  default_tags {
    tags = local.default_tags
  }
}

provider "aws" {
  alias  = "archive"
  region = var.archive_region

  default_tags {
    tags = local.default_tags
  }
}
