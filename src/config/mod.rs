//! The configuration: `gardefou.toml`, with the span of every key.

pub mod words;
