# A heredoc, an indented one inside an object, and comments of all kinds.
story = <<EOT
one
  two ${"three"}
EOT
object = { // replaced by none: -var is before
  z = {
    size = 3
    note = <<-EOT
      indented
        more
    EOT
  }
}
/* list = ["never"] */
