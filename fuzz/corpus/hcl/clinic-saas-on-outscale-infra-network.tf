locals {
  subregion = "${var.region}a"
  ip_range  = "10.60.0.0/16"
}

resource "outscale_net" "production" {
  ip_range = local.ip_range

  tags {
    key   = "Name"
    value = "dpx-production"
  }
}

resource "outscale_subnet" "entry" {
  net_id         = outscale_net.production.net_id
  ip_range       = cidrsubnet(local.ip_range, 8, 0)
  subregion_name = local.subregion
}

resource "outscale_internet_service" "entry" {}

resource "outscale_internet_service_link" "entry" {
  internet_service_id = outscale_internet_service.entry.internet_service_id
  net_id              = outscale_net.production.net_id
}

resource "outscale_route_table" "entry" {
  net_id = outscale_net.production.net_id
}

resource "outscale_route" "internet" {
  route_table_id       = outscale_route_table.entry.route_table_id
  destination_ip_range = "0.0.0.0/0"
  gateway_id           = outscale_internet_service.entry.internet_service_id

  depends_on = [outscale_internet_service_link.entry]
}

resource "outscale_route_table_link" "entry" {
  route_table_id = outscale_route_table.entry.route_table_id
  subnet_id      = outscale_subnet.entry.subnet_id
}

resource "outscale_security_group" "entry" {
  description         = "HTTPS from the hospitals"
  security_group_name = "dpx-entry"
  net_id              = outscale_net.production.net_id
}

resource "outscale_security_group_rule" "entry_https" {
  flow              = "Inbound"
  security_group_id = outscale_security_group.entry.security_group_id
  from_port_range   = 443
  to_port_range     = 443
  ip_protocol       = "tcp"
  ip_range          = "0.0.0.0/0"
}
