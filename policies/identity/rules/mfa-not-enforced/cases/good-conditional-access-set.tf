# One policy for all is enough: the set is judged together, and the one for a group adds to it.
resource "azuread_conditional_access_policy" "everybody" {
  display_name = "Second factor for all"
  state        = "enabled"

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

resource "azuread_conditional_access_policy" "operators" {
  display_name = "Operators on known devices"
  state        = "enabled"

  conditions {
    client_app_types = ["all"]
    applications {
      included_applications = ["All"]
    }
    users {
      included_groups = ["00000000-0000-0000-0000-000000000000"]
    }
  }

  grant_controls {
    operator          = "AND"
    built_in_controls = ["compliantDevice"]
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
