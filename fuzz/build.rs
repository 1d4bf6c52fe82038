//! The catalogue's tables, as the scanner's own build makes them; `catalog` beside this file is a link to the real one.

#[path = "../build/catalog.rs"]
mod catalog;
#[allow(dead_code, unreachable_pub, unused_macros, unused_imports)]
#[path = "../build/config.rs"]
mod config;

fn main() {
    if let Err(problems) = catalog::embed() {
        eprintln!("{}", problems.join("\n"));
        std::process::exit(1);
    }
}
