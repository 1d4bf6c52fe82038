//! The `gardefou` program: arguments in, exit status out.

use std::process::ExitCode;

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    gardefou::cli::main(std::env::args_os())
}
