output "a" { value = 2 }
