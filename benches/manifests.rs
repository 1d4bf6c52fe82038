//! What reading and judging Kubernetes costs: 2,000 files with 10,000 objects, as a whole and step by step.
//!
//! The budget is 300 ms for the program, from its start to the last byte of its JSON, on two ordinary cores.
#![allow(clippy::expect_used, reason = "a bench fails by panicking")]

mod workloads;

use std::hint::black_box;
use std::process::{Command, Stdio};
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use gardefou::catalog::Catalog;
use gardefou::discover::{self, discover};
use gardefou::facts::establish;
use gardefou::policy::{Engine, Limits, Subject};
use gardefou::source::Sources;
use workloads::clusters;

/// Five objects each; with what they share 10,080 objects in 2,001 files.
const APPLICATIONS: usize = 2_000;

fn program(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    clusters::platform(APPLICATIONS).write(folder.path());
    let mut group = criterion.benchmark_group("10,000 objects, the program");
    group.sample_size(10);
    for command in ["scan", "inspect"] {
        let run = || {
            let status = Command::new(env!("CARGO_BIN_EXE_gardefou"))
                .arg(command)
                .arg(folder.path())
                .args(["--format", "json"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            assert!(status.is_ok_and(|status| status.code().is_some_and(|code| code < 2)));
        };
        group.bench_function(command, |bencher| bencher.iter(run));
    }
    group.finish();
}

fn steps(criterion: &mut Criterion) {
    let workload = clusters::platform(APPLICATIONS);
    let folder = tempfile::tempdir().expect("a folder");
    workload.write(folder.path());
    let paths = [folder.path().to_owned()];
    let mut group = criterion.benchmark_group("10,000 objects, step by step");
    group.sample_size(10);
    group.bench_function("walk and read", |bencher| {
        bencher.iter(|| {
            let options = discover::Options::default();
            black_box(discover(&paths, &options, &Sources::new()))
        });
    });
    group.bench_function("objects", |bencher| {
        bencher.iter(|| black_box(workload.manifests()))
    });
    let parsed = workload.manifests();
    group.bench_function("graph", |bencher| {
        bencher.iter(|| black_box(parsed.graph()))
    });
    let (graph, settings) = (parsed.graph(), clusters::settings());
    group.bench_function("facts", |bencher| {
        bencher.iter(|| black_box(establish(&graph, Catalog::get(), &settings)));
    });
    let engine = Engine::builtin(Limits::default());
    let subject = Subject {
        facts: Arc::new(establish(&graph, Catalog::get(), &settings)),
        graph: Arc::new(graph),
        settings: Arc::new(settings),
        catalog: Catalog::get(),
        left_out: Arc::default(),
    };
    group.bench_function("policies", |bencher| {
        bencher.iter(|| black_box(engine.run(&subject)))
    });
    group.finish();
}

criterion_group!(benches, program, steps);
criterion_main!(benches);
