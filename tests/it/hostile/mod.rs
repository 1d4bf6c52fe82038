//! Input is a pull request. Nothing in it hangs or ends the program, takes its memory, drives the terminal, reads what is
//! outside, or shows a secret.

mod bounds;
mod corpus;
mod cuts;
mod determinism;
mod files;
mod formats;
mod manifests;
mod mutations;
mod output;
#[cfg(unix)]
mod places;
mod same;
mod support;
