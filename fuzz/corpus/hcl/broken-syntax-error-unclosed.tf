resource "aws_sqs_queue" "before" {
  name = "before"
  tags = { classification = "internal" }
}

resource "aws_sqs_queue" "inbox" {
  name = "inbox"
  tags = { classification = "internal"

resource "aws_sqs_queue" "after" {
  name = "after"
  tags = { classification = "internal" }
}
