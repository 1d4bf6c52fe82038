# A pattern that takes in a whole folder says nothing of what a type keeps that nobody knows.
resource "foo_widget" "banner" {
  text = "welcome"
}
