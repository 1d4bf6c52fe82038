# The qualified platform by its host, and a region of the public cloud.
terraform {
  required_providers {
    openstack = { source = "terraform-provider-openstack/openstack" }
  }
}

provider "openstack" {
  auth_url = "https://auth.cloud.snc.ovh.net/v3"
  region   = "eu-west-rbx-snc"
}

resource "openstack_blockstorage_volume_v3" "registry" {
  size     = 10
  region   = "GRA11" # expect: qualification/outside-scope
  metadata = { data-classification = "secnumcloud" }
}
