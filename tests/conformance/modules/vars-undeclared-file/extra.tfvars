unknown = "x"
known   = "file"
