variable "source" {}
variable "version" {}
variable "count" {}
variable "providers" {}
variable "for_each" {}
variable "lifecycle" {}
variable "depends_on" {}
variable "locals" {}
