//! The vocabulary that the catalogue shares with the configuration, under the path it has in the crate.

#[path = "../src/config/date.rs"]
pub mod date;
#[path = "../src/config/words.rs"]
pub mod words;
