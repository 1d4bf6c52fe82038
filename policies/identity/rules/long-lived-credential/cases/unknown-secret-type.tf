# A Secret whose type nobody knows may hold the token of a service account.
provider "kubernetes" {
  host = "https://kubernetes.example.eu"
}

variable "type" {
  type = string
}

resource "kubernetes_secret_v1" "registry" {
  metadata {
    name      = "registry"
    namespace = "records"
    labels    = { data-classification = "health" }
  }
  type = var.type # expect-undetermined: identity/long-lived-credential
}
