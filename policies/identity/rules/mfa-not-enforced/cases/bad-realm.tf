# The built-in flows ask for a second factor only of whoever enrolled one.
resource "keycloak_realm" "portal" { # expect: identity/mfa-not-enforced
  realm = "portal"
}

resource "keycloak_user" "nurse" {
  realm_id = keycloak_realm.portal.id
  username = "nurse"
}

resource "azurerm_storage_account" "records" {
  name                     = "records"
  resource_group_name      = "records"
  location                 = "francecentral"
  account_tier             = "Standard"
  account_replication_type = "LRS"
  tags                     = { data-classification = "health" }
}
