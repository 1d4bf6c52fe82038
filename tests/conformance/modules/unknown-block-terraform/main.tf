terraform {
  requird_providers {
  }
}
