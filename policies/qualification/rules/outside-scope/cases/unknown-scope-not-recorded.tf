# A qualified offering; which regions and sites the decision lists is not public.
terraform {
  required_providers {
    cloudtemple = { source = "Cloud-Temple/cloudtemple" }
  }
}

resource "cloudtemple_object_storage_bucket" "secnumcloud_registry" { # expect-undetermined: qualification/outside-scope
  name = "registry"
}
