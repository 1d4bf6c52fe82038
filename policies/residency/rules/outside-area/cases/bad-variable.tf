# The place comes through a variable: the finding stays on the resource, its way is evidence.
variable "place" {
  default = "US"
}

resource "google_storage_bucket" "accounts" {
  name     = "accounts"
  location = var.place # expect: residency/outside-area
  labels   = { data-classification = "personal" }
}
