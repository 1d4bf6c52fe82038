data "terraform_remote_state" "s" {
  backend = "local"
  config  = { path = terraform_data.r.input }
}
resource "terraform_data" "r" {
  input = data.terraform_remote_state.s.outputs.x
}
