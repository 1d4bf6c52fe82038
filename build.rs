//! Turns the catalogue's TOML into the tables that the binary carries, compiles its policies ahead of time, and
//! embeds the SDK for authors.

#[path = "build/catalog.rs"]
mod catalog;
#[allow(dead_code, unreachable_pub, unused_macros, unused_imports)]
#[path = "build/config.rs"]
mod config;

#[allow(dead_code, unreachable_pub, unused_macros, unused_imports)]
#[path = "src/text.rs"]
mod text;

#[path = "build/policies.rs"]
mod policies;

#[path = "build/workshop.rs"]
mod workshop;

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
    if let Err(error) = workshop::embed() {
        eprintln!("policies/sdk: {error}");
        std::process::exit(1);
    }
}
