variable "regions" { type = list(string) }
output "by_region" {
  value = { for i, r in var.regions : r => { cidr = cidrsubnet("10.0.0.0/8", 8, i) } }
}
