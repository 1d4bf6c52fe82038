resource "outscale_api_access_policy" "account" {
  require_trusted_env               = true
  max_access_key_expiration_seconds = 31536000
}

resource "aws_s3_bucket" "releases" {
  bucket = "dpx-releases"

  tags = {
    application         = "dpx"
    data-classification = "internal"
  }
}

resource "aws_s3_bucket" "depot" {
  bucket = "dpx-depot"
}

resource "outscale_volume" "reprise" {
  provider = outscale.reprise

  subregion_name = "eu-west-2a"
  volume_type    = "gp2"
  size           = 500

  tags {
    key   = "Name"
    value = "dpx-reprise"
  }

  tags {
    key   = "sensibilite"
    value = "secnumcloud"
  }
}
