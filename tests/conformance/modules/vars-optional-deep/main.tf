variable "clusters" {
  type = map(object({
    region = optional(string, "eu-west-3")
    nodes = optional(list(object({
      size   = optional(string, "small")
      count  = optional(number, 1)
      labels = optional(map(string), {})
    })), [{}])
    backup = optional(object({
      enabled = optional(bool, true)
      target = optional(object({
        bucket = optional(string)
        days   = optional(number, 30)
      }), {})
    }), {})
    zones = optional(set(string), ["a", "b"])
    pair  = optional(tuple([string, number]))
  }))
  default = {}
}
variable "single" {
  type    = object({ a = optional(object({ b = optional(list(object({ c = optional(bool, false) })), [{ c = true }, {}]) })) })
  default = {}
}
output "clusters" { value = var.clusters }
output "single" { value = var.single }
