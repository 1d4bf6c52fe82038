//! What the facts cost: relations and facts of a mixed estate, at sizes that show how they grow.
#![allow(clippy::expect_used, reason = "a bench fails by panicking")]

mod workloads;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use gardefou::catalog::{Catalog, Date};
use gardefou::config::Config;
use gardefou::config::words::Level;
use gardefou::facts::{Settings, establish};
use gardefou::graph::assemble;
use gardefou::kubernetes::Manifests;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

fn facts(criterion: &mut Criterion) {
    let settings = Settings {
        actor: None,
        as_of: Date::new(2026, 11, 21).expect("a day"),
        assume: Level::Personal,
        config: Config::default(),
    };
    let manifests = Manifests::default();
    let mut group = criterion.benchmark_group("mixed estate");
    group.sample_size(10);
    for size in SIZES {
        let workload = workloads::mixed(size);
        let (sources, ..) = workload.sources();
        let estate = workload.evaluate();
        let graph = assemble(&estate, &manifests, Catalog::get(), &sources);
        group.throughput(Throughput::Elements(size as u64));
        group.bench_function(BenchmarkId::new("relations", size), |bencher| {
            bencher.iter(|| black_box(assemble(&estate, &manifests, Catalog::get(), &sources)));
        });
        group.bench_function(BenchmarkId::new("facts", size), |bencher| {
            bencher.iter(|| black_box(establish(&graph, Catalog::get(), &settings)));
        });
    }
    group.finish();
}

criterion_group!(benches, facts);
criterion_main!(benches);
