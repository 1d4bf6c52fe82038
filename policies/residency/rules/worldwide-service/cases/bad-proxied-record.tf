# A proxied name is a front door all over the world, under its old name and its new one. The other only answers a question.
resource "cloudflare_record" "api" {
  zone_id = "zone"
  name    = "records.example.fr"
  type    = "A"
  content = "192.0.2.1"
  proxied = true # expect: residency/worldwide-service
}

resource "cloudflare_dns_record" "site" {
  zone_id = "zone"
  name    = "www.example.fr"
  type    = "A"
  ttl     = 1
  content = "192.0.2.1"
  proxied = true # expect: residency/worldwide-service
}

resource "cloudflare_record" "mail" {
  zone_id = "zone"
  name    = "mail.example.fr"
  type    = "A"
  content = "192.0.2.2"
  proxied = false
}
