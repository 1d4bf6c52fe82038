provider "aws" {
  region = "eu-west-3"
}

resource "aws_eks_cluster" "main" {
  name     = "care"
  role_arn = "arn:aws:iam::111122223333:role/eks"
  vpc_config {
    subnet_ids = []
  }
}
