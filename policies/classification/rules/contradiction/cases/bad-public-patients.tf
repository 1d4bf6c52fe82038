# The label wins over the name, so that a wrong one switches everything off.
resource "aws_s3_bucket" "patients" {
  bucket = "dossiers-patients"
  tags   = { data-classification = "public" } # expect: classification/contradiction
}

resource "azurerm_storage_account" "dmp" {
  name                     = "dmp"
  resource_group_name      = "data"
  location                 = "francecentral"
  account_tier             = "Standard"
  account_replication_type = "ZRS"
  tags                     = { sensibilite = "interne" } # expect: classification/contradiction
}
