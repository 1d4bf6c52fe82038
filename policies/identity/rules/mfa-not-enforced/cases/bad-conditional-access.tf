# Report-only enforces nothing, and a policy for a group leaves out the others; the one that blocks says nothing of factors.
resource "azuread_conditional_access_policy" "tried" {
  display_name = "Second factor, tried out"
  state        = "enabledForReportingButNotEnforced" # expect: identity/mfa-not-enforced

  conditions {
    client_app_types = ["all"]
    applications {
      included_applications = ["All"]
    }
    users {
      included_users = ["All"]
    }
  }

  grant_controls {
    operator          = "OR"
    built_in_controls = ["mfa"]
  }
}

resource "azuread_conditional_access_policy" "legacy" {
  display_name = "No legacy protocols"
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

resource "azurerm_storage_account" "records" {
  name                     = "records"
  resource_group_name      = "records"
  location                 = "francecentral"
  account_tier             = "Standard"
  account_replication_type = "LRS"
  tags                     = { data-classification = "health" }
}
