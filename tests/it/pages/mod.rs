//! The pages for authors and users of policies, made from what they describe: the contract, the rules with their
//! documentation, and the cases. What is committed is what is there now.
//!
//! `GARDEFOU_UPDATE_PAGES=1 cargo test --test it -- --ignored pages` writes them.

mod commands;
mod configuration;
mod contract;
mod coverage;
mod rules;
mod sources;
