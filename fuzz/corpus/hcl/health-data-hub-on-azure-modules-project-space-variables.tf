variable "project" {
  description = "Short name of the study project; also names its resources."
  type        = string
}

variable "owner" {
  description = "Organisation that answers for the project."
  type        = string
}

variable "location" {
  type = string
}

variable "name_prefix" {
  type = string
}

variable "storage_gib" {
  type    = number
  default = 256
}

variable "key_vault_key_id" {
  description = "Key that encrypts everything this project stores."
  type        = string
}

variable "encryption_identity" {
  type = string
}

variable "directory_id" {
  description = "Entra directory that signs people in to the database."
  type        = string
}

variable "dns_zone_id" {
  type = string
}

variable "subnet_id" {
  type = string
}

variable "log_workspace_id" {
  type = string
}

variable "tags" {
  type    = map(string)
  default = {}
}
