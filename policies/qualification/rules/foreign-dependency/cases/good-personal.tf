# Nothing is asked of personal data, nor of a monitor that says it sees nothing else.
terraform {
  required_providers {
    datadog = { source = "DataDog/datadog" }
  }
}

provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "newsletter" {
  bucket = "newsletter"
  tags   = { data-classification = "personal" }
}

resource "datadog_monitor" "cpu" {
  name    = "cpu"
  type    = "metric alert"
  query   = "avg(last_5m):avg:system.cpu.user{*} > 90"
  message = "cpu"
}
