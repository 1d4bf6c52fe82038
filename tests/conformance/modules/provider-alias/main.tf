terraform {
  required_providers {
    tf = {
      source = "terraform.io/builtin/terraform"
    }
  }
}
provider "tf" {}
provider "tf" {
  alias = "other"
}
resource "terraform_data" "a" {
  provider = tf.other
}
resource "terraform_data" "b" {
  provider = tf
}
module "m" {
  source = "./m"
  providers = {
    tf = tf.other
  }
}
