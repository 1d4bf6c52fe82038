# Who signs in is decided by a provider of identities outside this code: it may ask for a factor, or not.
provider "scaleway" {
  region = "fr-par"
}

resource "scaleway_object_bucket" "records" {
  name = "records"
  tags = { data-classification = "health" }
}

resource "scaleway_iam_saml" "directory" {
  organization_id = "11111111-1111-1111-1111-111111111111" # expect-undetermined: identity/mfa-not-enforced
}
