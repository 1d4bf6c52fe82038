//! The `gardefou` program: parse arguments, run, turn the result into an exit status.

fn main() {}
