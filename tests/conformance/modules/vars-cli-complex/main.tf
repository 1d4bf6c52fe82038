variable "list" { type = list(string) }
variable "object" { type = map(object({ size = number, note = optional(string, "none") })) }
variable "text" { type = string }
variable "spaced" { type = string }
variable "equals" { type = string }
variable "empty" { type = string }
variable "story" { type = string }
output "list" { value = var.list }
output "object" { value = var.object }
output "text" { value = var.text }
output "spaced" { value = var.spaced }
output "equals" { value = var.equals }
output "empty" { value = var.empty }
output "story" { value = var.story }
