settings = { extra = { a = [1, "x"] }, list = [1, "2"] }
