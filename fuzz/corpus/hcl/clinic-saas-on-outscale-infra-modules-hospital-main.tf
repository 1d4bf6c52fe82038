terraform {
  required_providers {
    outscale = {
      source = "outscale/outscale"
    }
    aws = {
      source = "hashicorp/aws"
    }
  }
}

locals {
  tags = {
    application   = "dpx"
    etablissement = var.name
    sensibilite   = var.sensibilite
  }
}

resource "outscale_subnet" "this" {
  net_id         = var.net_id
  ip_range       = var.ip_range
  subregion_name = var.subregion

  dynamic "tags" {
    for_each = local.tags

    content {
      key   = tags.key
      value = tags.value
    }
  }
}

resource "outscale_security_group" "application" {
  description         = "Application servers of ${var.name}"
  security_group_name = "dpx-${var.name}"
  net_id              = var.net_id
}

resource "outscale_security_group_rule" "application" {
  flow              = "Inbound"
  security_group_id = outscale_security_group.application.security_group_id

  rules {
    from_port_range = 8443
    to_port_range   = 8443
    ip_protocol     = "tcp"

    security_groups_members {
      security_group_id = var.entry_group_id
    }
  }
}

resource "outscale_vm" "application" {
  count = var.servers

  image_id                 = var.image_id
  vm_type                  = "tinav6.c4r16p2"
  keypair_name             = var.keypair_name
  subnet_id                = outscale_subnet.this.subnet_id
  security_group_ids       = [outscale_security_group.application.security_group_id]
  placement_subregion_name = var.subregion

  dynamic "tags" {
    for_each = merge(local.tags, { Name = format("dpx-%s-%02d", var.name, count.index + 1) })

    content {
      key   = tags.key
      value = tags.value
    }
  }
}

resource "outscale_volume" "data" {
  subregion_name = var.subregion
  volume_type    = "io1"
  iops           = min(var.storage_gib * 10, 13000)
  size           = var.storage_gib

  dynamic "tags" {
    for_each = local.tags

    content {
      key   = tags.key
      value = tags.value
    }
  }
}

resource "outscale_volume_link" "data" {
  device_name = "/dev/xvdb"
  volume_id   = outscale_volume.data.volume_id
  vm_id       = outscale_vm.application[0].vm_id
}

resource "outscale_load_balancer" "entry" {
  load_balancer_name = substr("dpx-${var.name}", 0, 32)
  load_balancer_type = "internet-facing"
  subnets            = [var.entry_subnet_id]
  security_groups    = [var.entry_group_id]

  listeners {
    load_balancer_port     = 443
    load_balancer_protocol = "TCP"
    backend_port           = 8443
    backend_protocol       = "TCP"
  }

  dynamic "tags" {
    for_each = local.tags

    content {
      key   = tags.key
      value = tags.value
    }
  }
}

resource "outscale_load_balancer_vms" "entry" {
  load_balancer_name = outscale_load_balancer.entry.load_balancer_name
  backend_vm_ids     = outscale_vm.application[*].vm_id
}

resource "aws_s3_bucket" "documents" {
  bucket = "dpx-${var.name}-documents"
  tags   = local.tags
}

resource "aws_s3_bucket_versioning" "documents" {
  bucket = aws_s3_bucket.documents.id

  versioning_configuration {
    status = "Enabled"
  }
}
