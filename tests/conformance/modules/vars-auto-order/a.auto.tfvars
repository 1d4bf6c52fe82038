b = "a.auto"
e = "a.auto"
