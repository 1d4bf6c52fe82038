//! Input is a pull request. Nothing in it hangs or ends the program, takes its memory, drives the terminal, reads what is
//! outside, or shows a secret.

mod bounds;
mod cuts;
mod files;
mod manifests;
mod mutations;
mod output;
mod same;
mod support;
