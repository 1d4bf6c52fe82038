resource "azuread_conditional_access_policy" "administrateurs_mfa" {
  display_name = "CA001 - Double authentification des administrateurs"
  state        = "enabledForReportingButNotEnforced"

  conditions {
    client_app_types = ["all"]

    applications {
      included_applications = ["All"]
    }

    users {
      included_roles  = var.roles_administrateurs
      included_groups = [var.groupe_administrateurs]
    }
  }

  grant_controls {
    operator          = "OR"
    built_in_controls = ["mfa"]
  }
}

resource "azuread_conditional_access_policy" "protocoles_anciens" {
  display_name = "CA002 - Blocage des protocoles anciens"
  state        = "enabled"

  conditions {
    client_app_types = ["exchangeActiveSync", "other"]

    applications {
      included_applications = ["All"]
    }

    users {
      included_users = ["All"]
    }
  }

  grant_controls {
    operator          = "OR"
    built_in_controls = ["block"]
  }
}
