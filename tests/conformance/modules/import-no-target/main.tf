import {
  to = terraform_data.nothing
  id = "x"
}
