# Names and certificates are known to everybody: they carry none of the data.
resource "aws_route53_zone" "records" {
  name = "records.example"
  tags = { data-classification = "health" }
}

resource "google_compute_managed_ssl_certificate" "records" {
  name = "records"

  managed {
    domains = ["records.example"]
  }
}

resource "azurerm_dns_zone" "records" {
  name                = "records.example"
  resource_group_name = "data"
  tags                = { data-classification = "health" }
}
