# No argument places the topic, and everything of this universe is where its visa says.
provider "google" {
  project         = "s3ns:records"
  region          = "u-france-east1"
  universe_domain = "s3nsapis.fr"
}

resource "google_pubsub_topic" "records" {
  name   = "records"
  labels = { data-classification = "secnumcloud" }
}
