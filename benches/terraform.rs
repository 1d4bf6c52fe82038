//! What reading Terraform costs: the cases that have a budget.
#![allow(clippy::expect_used, reason = "a bench fails by panicking")]

mod workloads;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use gardefou::catalog::{Catalog, Date};
use gardefou::config::Config;
use gardefou::config::words::Level;
use gardefou::discover::{self, discover};
use gardefou::facts::{Settings, establish};
use gardefou::graph::assemble;
use gardefou::kubernetes::Manifests;
use gardefou::scan::{self, Request};
use gardefou::source::Sources;
use gardefou::syntax::hcl;

/// 10,000 instances each of three resources that refer to one another.
fn instances(criterion: &mut Criterion) {
    let workload = workloads::linked(10_000);
    let mut group = criterion.benchmark_group("30,000 linked instances");
    group.sample_size(10);
    group.bench_function("evaluate", |bencher| {
        bencher.iter(|| black_box(workload.evaluate()))
    });
    let (sources, ..) = workload.sources();
    let estate = workload.evaluate();
    let manifests = Manifests::default();
    group.bench_function("graph", |bencher| {
        bencher.iter(|| black_box(assemble(&estate, &manifests, Catalog::get(), &sources)));
    });
    let graph = assemble(&estate, &manifests, Catalog::get(), &sources);
    let settings = Settings {
        actor: None,
        as_of: Date::new(2026, 11, 21).expect("a day"),
        assume: Level::Personal,
        config: Config::default(),
    };
    group.bench_function("facts", |bencher| {
        bencher.iter(|| black_box(establish(&graph, Catalog::get(), &settings)));
    });
    group.finish();
}

/// 100,000 instances of which nothing is known.
fn plain(criterion: &mut Criterion) {
    let workload = workloads::plain(100_000, false);
    let mut group = criterion.benchmark_group("100,000 plain instances");
    group.sample_size(10);
    group.bench_function("evaluate", |bencher| {
        bencher.iter(|| black_box(workload.evaluate()))
    });
    group.finish();
}

/// A value of 40,000 keys in a tfvars file.
fn tfvars(criterion: &mut Criterion) {
    let workload = workloads::tfvars_object(40_000);
    let mut group = criterion.benchmark_group("tfvars");
    group.sample_size(10);
    group.bench_function("40,000 keys", |bencher| {
        bencher.iter(|| black_box(workload.evaluate()))
    });
    group.finish();
}

/// 500 roots that call a module each, beside walking, reading and parsing the same files.
fn repository(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    workloads::modules(500).write(folder.path());
    let paths = [folder.path().to_owned()];
    let request = Request {
        paths: paths.to_vec(),
        ..Request::default()
    };
    let mut group = criterion.benchmark_group("500 modules and roots");
    group.sample_size(20);
    group.bench_function("walk, read, parse", |bencher| {
        bencher.iter(|| {
            let sources = Sources::new();
            let inputs = discover(&paths, &discover::Options::default(), &sources);
            for file in &inputs.files {
                black_box(hcl::parse(
                    file.source,
                    sources.get(file.source).shared_text(),
                ));
            }
        });
    });
    group.bench_function("understand", |bencher| {
        bencher.iter(|| black_box(scan::understand(&request)))
    });
    group.finish();
}

criterion_group!(benches, instances, plain, tfvars, repository);
criterion_main!(benches);
