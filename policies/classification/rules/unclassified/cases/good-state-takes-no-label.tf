# A state has the level of what it describes: there is nothing to label.
terraform {
  backend "s3" {
    bucket = "states"
    key    = "tools"
    region = "eu-west-3"
  }
}
