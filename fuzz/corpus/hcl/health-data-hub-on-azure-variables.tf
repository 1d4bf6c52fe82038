variable "subscription_id" {
  description = "Abonnement qui porte la plateforme."
  type        = string
}

variable "environnement" {
  description = "Nom court de l'environnement, repris dans tous les noms."
  type        = string
  default     = "prod"

  validation {
    condition     = contains(["prod", "preprod"], var.environnement)
    error_message = "L'environnement est prod ou preprod."
  }
}

variable "region" {
  description = "Région Azure de la plateforme."
  type        = string
  default     = "francecentral"
}

variable "region_supervision" {
  description = "Région de l'espace de journaux et d'alertes."
  type        = string
  default     = "francecentral"
}

variable "plage_adresses" {
  description = "Plage privée du réseau de la plateforme."
  type        = string
  default     = "10.40.0.0/16"
}

variable "projets" {
  description = "Projets d'étude autorisés : un espace isolé par bénéficiaire."
  type = map(object({
    responsable = string
    cle         = string
    volume_gio  = number
  }))
}

variable "groupe_administrateurs" {
  description = "Identifiant du groupe Entra des administrateurs de la plateforme."
  type        = string
}

variable "roles_administrateurs" {
  description = "Rôles d'annuaire soumis à l'accès conditionnel des administrateurs."
  type        = list(string)
  default = [
    "62e90394-69f5-4237-9190-012177145e10",
    "194ae4cb-b126-40b2-bd5b-6091b380977d",
    "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
  ]
}
