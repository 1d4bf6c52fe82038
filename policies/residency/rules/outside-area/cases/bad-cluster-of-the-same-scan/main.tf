provider "aws" {
  region = "eu-west-2"
}

resource "aws_eks_cluster" "main" { # expect: residency/outside-area
  name     = "care"
  role_arn = "arn:aws:iam::111122223333:role/eks"
  vpc_config {
    subnet_ids = []
  }
}
