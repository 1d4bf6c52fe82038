# A container service at a host of the Union that pulls from a registry of another continent, and the task definition of
# another one. An image of the provider's own registry is none.
terraform {
  required_providers {
    scaleway = { source = "scaleway/scaleway" }
  }
}

provider "scaleway" {
  region = "fr-par"
}

provider "aws" {
  region = "eu-west-3"
}

variable "tag" {}

resource "scaleway_container_namespace" "records" {
  name   = "records"
  region = "fr-par"
  tags   = ["data-classification=sante"]
}

resource "scaleway_container" "api" {
  name           = "api"
  namespace_id   = scaleway_container_namespace.records.id
  # The tag is open, the registry is not.
  registry_image = "ghcr.io/acme/api:${var.tag}" # expect: qualification/foreign-dependency
  tags           = ["data-classification=sante"]
}

resource "scaleway_container" "own" {
  name           = "own"
  namespace_id   = scaleway_container_namespace.records.id
  registry_image = "rg.fr-par.scw.cloud/records/api:1"
  tags           = ["data-classification=sante"]
}

resource "aws_ecs_task_definition" "api" {
  family = "api"
  container_definitions = jsonencode([ # expect: qualification/foreign-dependency
    { name = "api", image = "123456789012.dkr.ecr.eu-west-3.amazonaws.com/api:1" },
    { name = "proxy", image = "nginx:1.27" },
  ])
  tags = { data-classification = "sante" }
}
