//! Drives the library, and later the program, as their users do.
#![allow(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says how far it came"
)]

mod conformance;
