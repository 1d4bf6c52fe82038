//! Turns the catalogue's TOML into the tables that the binary carries, and compiles its policies ahead of time.

#[path = "build/catalog.rs"]
mod catalog;
#[allow(dead_code, unreachable_pub, unused_macros, unused_imports)]
#[path = "build/config.rs"]
mod config;

#[path = "build/policies.rs"]
mod policies;

#[allow(clippy::print_stderr)]
fn main() {
    if let Err(problems) = catalog::embed() {
        for problem in &problems {
            eprintln!("{problem}\n");
        }
        std::process::exit(1);
    }
    if let Err(error) = policies::embed() {
        eprintln!("wasm-policies: {error}");
        std::process::exit(1);
    }
}
