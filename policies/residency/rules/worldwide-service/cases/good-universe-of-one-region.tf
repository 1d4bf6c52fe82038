# Elsewhere a topic without a policy keeps messages in any region. This universe has one.
provider "google" {
  project         = "s3ns:records"
  region          = "u-france-east1"
  universe_domain = "s3nsapis.fr"
}

resource "google_pubsub_topic" "records" {
  name   = "records"
  labels = { data-classification = "health" }
}
