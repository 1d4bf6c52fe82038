d = "B.auto"
e = "B.auto"
