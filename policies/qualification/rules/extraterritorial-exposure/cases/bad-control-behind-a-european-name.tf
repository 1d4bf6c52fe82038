# In Vienna, by a Swiss company that is controlled from Mexico.
terraform {
  required_providers {
    exoscale = { source = "exoscale/exoscale" }
  }
}

resource "exoscale_block_storage_volume" "records" { # expect: qualification/extraterritorial-exposure
  zone   = "at-vie-1"
  name   = "records"
  size   = 10
  labels = { data-classification = "health" }
}
