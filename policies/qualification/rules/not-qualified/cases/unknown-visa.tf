# Nobody recorded whether this offering of a qualified company has a visa: neither answer would be honest.
terraform {
  required_providers {
    cloudtemple = { source = "Cloud-Temple/cloudtemple" }
  }
}

resource "cloudtemple_public_cloud_vm_instance" "patients" { # expect-undetermined: qualification/not-qualified
  name = "patients"
}
