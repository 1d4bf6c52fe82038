//! Gardefou: a policy-as-code gate for data sovereignty.
//!
//! The modules are layers, top to bottom: a module may use those above it in this list, never those below
//! (`tests/it/layers.rs` holds it).

pub mod catalog;
pub mod cli;
pub mod config;
pub mod discover;
pub mod facts;
pub mod graph;
pub mod kubernetes;
pub mod policy;
pub mod problem;
pub mod report;
pub mod scan;
pub mod source;
pub mod syntax;
pub mod terraform;
pub mod value;
pub mod verdict;
