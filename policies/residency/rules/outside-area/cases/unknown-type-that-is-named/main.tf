# The configuration names the resource itself: somebody knows that it keeps health data, and nobody where.
resource "foo_store" "records" { # expect-undetermined: residency/outside-area
  size = 100
}
