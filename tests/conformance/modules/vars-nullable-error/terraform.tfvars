strict = null
