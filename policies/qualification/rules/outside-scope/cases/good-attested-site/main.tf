# The attestation says where the private cloud is.
terraform {
  required_providers {
    vsphere = { source = "vmware/vsphere" }
  }
}

provider "vsphere" {
  vsphere_server = "pcc-192-0-2-10.ovh.com"
}

resource "vsphere_virtual_disk" "secnumcloud_registry" {
  size       = 40
  type       = "thin"
  vmdk_path  = "/registry/data.vmdk"
  datacenter = "dc1"
  datastore  = "store1"
}
