known   = "given"
knwon   = "misspelled"
another = { deep = true }
