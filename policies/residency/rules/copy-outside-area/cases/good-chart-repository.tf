# A chart comes from its repository: nothing goes there.
resource "helm_release" "records" {
  name       = "records"
  namespace  = "records"
  repository = "https://charts.bitnami.com/bitnami"
  chart      = "postgresql"
}

resource "kubernetes_namespace" "records" {
  metadata {
    name   = "records"
    labels = { data-classification = "health" }
  }
}
