# The selection names the database, the plan copies what it selects to Virginia: said of the database.
provider "aws" {
  region = "eu-west-3"
}

provider "aws" {
  alias  = "us"
  region = "us-east-1"
}

resource "aws_db_instance" "records" { # expect: residency/copy-outside-area
  identifier = "records"
  tags       = { data-classification = "health" }
}

resource "aws_backup_vault" "near" {
  name = "near"
}

resource "aws_backup_vault" "far" {
  provider = aws.us
  name     = "far"
}

resource "aws_backup_plan" "daily" {
  name = "daily"

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.near.name

    copy_action {
      destination_vault_arn = aws_backup_vault.far.arn
    }
  }
}

resource "aws_backup_selection" "records" {
  name         = "records"
  plan_id      = aws_backup_plan.daily.id
  iam_role_arn = "arn:aws:iam::111122223333:role/backup"
  resources    = [aws_db_instance.records.arn]
}
