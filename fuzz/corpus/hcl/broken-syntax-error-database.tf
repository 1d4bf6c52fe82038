resource "aws_db_instance" "first" {
  identifier     = "first"
  instance_class = "db.t4g.medium"
  storage_encrypted = 

  tags = {
    classification = "personal"
  }
}

resource "aws_db_instance" "second" {
  identifier     = "second"
  instance_class = "db.t4g.medium"

  tags = {
    classification = "personal"
  }
}
