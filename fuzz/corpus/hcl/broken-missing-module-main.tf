provider "aws" {
  region = "eu-west-3"
}

module "database" {
  source = "./modules/database"

  name = "orders"
}

module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 6.0"

  name = "orders"
  cidr = "10.0.0.0/16"
}

resource "aws_s3_bucket" "exports" {
  bucket = "orders-exports-${module.database.suffix}"

  tags = {
    classification = "internal"
  }
}
