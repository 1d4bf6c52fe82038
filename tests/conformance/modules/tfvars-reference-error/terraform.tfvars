b = "fine"
a = var.b
