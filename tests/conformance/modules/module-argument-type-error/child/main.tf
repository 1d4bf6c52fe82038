variable "needed" { type = list(number) }
