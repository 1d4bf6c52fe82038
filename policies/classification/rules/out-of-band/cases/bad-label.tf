resource "outscale_volume" "plans" {
  subregion_name = "eu-west-2a"
  size           = 10

  tags {
    key   = "classification"
    value = "diffusion-restreinte" # expect: classification/out-of-band
  }
}
