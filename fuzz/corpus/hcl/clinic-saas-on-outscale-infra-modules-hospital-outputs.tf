output "dns_name" {
  value = outscale_load_balancer.entry.dns_name
}
