variable "name" {
  description = "Short name of the hospital."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,24}$", var.name))
    error_message = "Lower-case letters, digits and hyphens, 3 to 25 characters."
  }
}

variable "sensibilite" {
  type = string
}

variable "servers" {
  type    = number
  default = 1
}

variable "storage_gib" {
  type = number
}

variable "net_id" {
  type = string
}

variable "ip_range" {
  type = string
}

variable "subregion" {
  type = string
}

variable "entry_subnet_id" {
  type = string
}

variable "entry_group_id" {
  type = string
}

variable "image_id" {
  type = string
}

variable "keypair_name" {
  type = string
}
