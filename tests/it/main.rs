//! Drives the library and the program as their users do.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says how far it came"
)]

mod action;
mod baseline;
mod changed;
mod cli;
mod cluster_export;
mod conformance;

mod docs;
mod expressions;
mod facts;
mod fail_closed;
mod fixtures;
mod french;
mod gaps;
#[path = "../../src/policy/tests/guest.rs"]
mod guest;
mod hospital;
mod hostile;
mod human;
mod ignore_add;
mod ignores;
mod init;
mod inspect;
mod kubernetes;
mod layers;
mod lookalikes;
mod modules;
mod pages;
mod plans;
mod policies;
mod policy_lock;
mod policy_workshop;
mod providers;
mod reach;
mod recorded;
mod releases;
mod render;
mod report_formats;
mod report_html;
mod report_ndjson;
mod report_oscal;
mod reports_ci;
mod requirements;
mod runner;
mod sarif;
mod schemas;
mod secrets;
mod support;
mod together;
mod traps;
