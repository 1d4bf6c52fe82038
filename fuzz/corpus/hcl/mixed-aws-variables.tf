variable "environment" {
  type    = string
  default = "staging"
}

variable "archive_region" {
  description = "Region that keeps the long-term archive."
  type        = string
  default     = "eu-central-1"
}

variable "practices" {
  description = "Medical practices that use the platform; each is a tenant."
  type = map(object({
    city          = string
    instance_type = optional(string, "db.t4g.medium")
    storage_gib   = optional(number, 50)
  }))
  default = {}
}

variable "private_subnet_ids" {
  type = list(string)
}
