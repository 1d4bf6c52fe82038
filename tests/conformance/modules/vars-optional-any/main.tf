variable "settings" {
  type = object({
    extra = optional(any)
    list  = optional(list(any), [])
    map   = optional(map(any), { a = 1 })
  })
}
output "settings" { value = var.settings }
