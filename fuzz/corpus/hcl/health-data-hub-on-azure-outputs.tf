output "espaces" {
  description = "Points d'accès des espaces de projet."
  value       = { for nom, espace in module.espace : nom => espace.database_fqdn }
}

output "region" {
  description = "Région de la plateforme."
  value       = azurerm_resource_group.socle.location
}
