c = "b.auto"
