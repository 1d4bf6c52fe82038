terraform {
  requird_version = "1"
}
