clusters = {
  bare = {}
  nulls = {
    region = null
    nodes  = null
    backup = null
    zones  = null
  }
  full = {
    region = "fr-par"
    nodes  = [{}, { size = "big", extra = "dropped", labels = { a = 1 } }]
    backup = { target = { bucket = "b" } }
    zones  = ["z"]
    pair   = [1, "2"]
  }
}
