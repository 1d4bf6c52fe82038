terraform {
  required_providers {
    nimbus = {
      source  = "acme/nimbus"
      version = "1.4.0"
    }
  }
}

provider "nimbus" {
  region = "north-2"
}

provider "aws" {
  region = "eu-west-3"
}

resource "nimbus_database" "orders" {
  name = "orders"
  tags = { classification = "personal" }
}

resource "nimbus_bucket" "exports" {
  count = 2
  name  = "exports-${count.index}"
}

resource "aws_holographic_store" "next" {
  name = "next"
}

resource "aws_s3_bucket" "known" {
  bucket = "known"
  tags   = { classification = "internal" }
}
