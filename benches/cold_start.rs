//! A whole run of the program on one small file, process start included: what a hook on every commit costs.
//!
//! `--version` is the floor beside it: a process that starts, parses its arguments and prints one line.
#![allow(clippy::expect_used, reason = "a bench fails by panicking")]

use std::process::{Command, Stdio};

use criterion::{Criterion, criterion_group, criterion_main};

fn run(arguments: &[&str]) {
    let status = Command::new(env!("CARGO_BIN_EXE_gardefou"))
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(status.is_ok_and(|status| status.code().is_some_and(|code| code < 2)));
}

fn cold_start(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let code = "resource \"aws_s3_bucket\" \"letters\" {\n  bucket = \"letters\"\n  region = \"eu-west-3\"\n}\n";
    std::fs::write(folder.path().join("main.tf"), code).expect("a file");
    let path = folder.path().to_string_lossy().into_owned();
    let mut group = c.benchmark_group("cold start");
    group.sample_size(50);
    group.bench_function("version", |b| b.iter(|| run(&["--version"])));
    group.bench_function("scan", |b| {
        b.iter(|| run(&["scan", &path, "--as-of", "2026-11-21"]))
    });
    group.finish();
}

criterion_group!(benches, cold_start);
criterion_main!(benches);
