//! The `gardefou` program: arguments in, exit status out.

use std::process::ExitCode;

fn main() -> ExitCode {
    gardefou::cli::main(std::env::args_os())
}
