variable "region" {
  description = "Outscale region of production."
  type        = string
  default     = "cloudgouv-eu-west-1"
}

variable "image_id" {
  description = "Hardened image of the application servers."
  type        = string
}

variable "keypair_name" {
  type    = string
  default = "exploitation"
}

variable "hospitals" {
  description = "One entry for each client: its address range, its size, and what its contract says of the data."
  type = map(object({
    index       = number
    servers     = number
    storage_gib = number
    sensibilite = string
  }))
}
