# A private cloud: only an attestation can tell whose it is.
terraform {
  required_providers {
    vsphere = { source = "vmware/vsphere" }
  }
}

variable "vcenter" {
  type = string
}

provider "vsphere" {
  vsphere_server = var.vcenter
}

resource "vsphere_virtual_disk" "secnumcloud_registry" { # expect-undetermined: qualification/not-qualified
  size       = 40
  type       = "thin"
  vmdk_path  = "/registry/data.vmdk"
  datacenter = "dc1"
  datastore  = "store1"
}
