variable "needed" { type = string }
variable "other" { default = 0 }
