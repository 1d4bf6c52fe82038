locals {
  prefixe = "pnds-${var.environnement}"
  compact = replace(local.prefixe, "-", "")

  # Étiquettes exigées par la politique de sécurité de la plateforme.
  etiquettes = {
    application = "plateforme-nationale"
    environment = var.environnement
    sensibilite = "particuliere"
    donnees     = "sante"
  }

  sous_reseaux = {
    aks      = { bits = 4, index = 0 }
    analyse  = { bits = 8, index = 32 }
    bases    = { bits = 8, index = 33 }
    echanges = { bits = 8, index = 34 }
  }
}
