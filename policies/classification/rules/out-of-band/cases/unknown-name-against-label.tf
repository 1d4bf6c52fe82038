# If the name is right, nothing that is concluded here holds.
resource "google_storage_bucket" "archive" {
  name     = "archives-diffusion-restreinte" # expect-undetermined: classification/out-of-band
  location = "europe-west9"
  labels   = { data-classification = "internal" }
}
