//! Gardefou: a policy-as-code gate for data sovereignty.
//!
//! The modules are layers. In this order, each may use those before it and never those after; `tests/it/layers.rs` holds it:
//! [`source`], [`text`], [`problem`], [`value`], [`syntax`], [`config`], [`catalog`], [`discover`], `program`, [`terraform`],
//! [`kubernetes`], [`graph`], [`facts`], [`policy`], [`verdict`], [`scan`], [`workshop`], [`report`], [`init`], [`cli`].

pub mod catalog;
pub mod cli;
pub mod config;
pub mod discover;
pub mod facts;
pub mod graph;
pub mod init;
pub mod kubernetes;
pub mod policy;
pub mod problem;
mod program;
pub mod report;
pub mod scan;
pub mod source;
pub mod syntax;
pub mod terraform;
pub mod text;
pub mod value;
pub mod verdict;
pub mod workshop;
