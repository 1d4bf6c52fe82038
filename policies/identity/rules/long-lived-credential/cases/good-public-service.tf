# Nothing here is about people.
provider "scaleway" {
  region = "fr-par"
}

resource "scaleway_object_bucket" "site" {
  name = "site"
  tags = { data-classification = "public" }
}

resource "scaleway_iam_api_key" "publisher" {
  application_id = "11111111-1111-1111-1111-111111111111"
}
