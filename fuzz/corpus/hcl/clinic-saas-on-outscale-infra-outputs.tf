output "entry_points" {
  description = "DNS name of the load balancer of each hospital."
  value       = { for name, hospital in module.hospital : name => hospital.dns_name }
}
