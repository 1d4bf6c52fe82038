//! How fast HCL is read, beside `hcl-edit` on the same text in the same run; and YAML, beside its parser alone.

mod workloads;

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gardefou::source::Sources;
use gardefou::syntax::{hcl, yaml};

/// The `.tf` files of the sample estates that are whole, repeated up to this size.
const SIZE: usize = 20_000_000;

fn collect(folder: &Path, texts: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, texts);
        } else if path.extension().is_some_and(|extension| extension == "tf")
            && let Ok(text) = std::fs::read_to_string(&path)
            && hcl_edit::parser::parse_body(&text).is_ok()
        {
            texts.push(text);
        }
    }
}

fn parse(criterion: &mut Criterion) {
    let mut texts = Vec::new();
    collect(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"),
        &mut texts,
    );
    let once: usize = texts.iter().map(String::len).sum();
    let source = Sources::new().add("bench.tf", "");
    let texts: Vec<Arc<str>> = texts.into_iter().map(Arc::from).collect();
    let repeats = SIZE.div_ceil(once.max(1));

    let mut group = criterion.benchmark_group("parse-hcl");
    group.sample_size(10);
    group.throughput(Throughput::Bytes((once * repeats) as u64));
    group.bench_function("gardefou", |bencher| {
        bencher.iter(|| {
            for text in texts.iter().cycle().take(texts.len() * repeats) {
                black_box(hcl::parse(source, Arc::clone(text)));
            }
        });
    });
    group.bench_function("hcl-edit", |bencher| {
        bencher.iter(|| {
            for text in texts.iter().cycle().take(texts.len() * repeats) {
                let _ = black_box(hcl_edit::parser::parse_body(text));
            }
        });
    });
    group.finish();
}

fn manifests(criterion: &mut Criterion) {
    let texts = workloads::manifests::applications(2_000);
    let source = Sources::new().add("bench.yaml", "");
    let mut group = criterion.benchmark_group("parse-yaml");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(
        texts.iter().map(|text| text.len() as u64).sum(),
    ));
    group.bench_function("gardefou", |bencher| {
        bencher.iter(|| {
            for text in &texts {
                black_box(yaml::parse(source, text));
            }
        });
    });
    group.bench_function("parser-alone", |bencher| {
        bencher.iter(|| {
            for text in &texts {
                black_box(yaml::parse_slowly(source, text));
            }
        });
    });
    group.finish();
}

/// A name, and a text with so many of something.
type Shape = (&'static str, fn(usize) -> String);

/// Ten times the input may take at most about ten times as long; compare the two sizes of each shape.
fn growth(criterion: &mut Criterion) {
    let shapes: [Shape; 3] = [
        ("object-keys", |n| {
            let keys: String = (0..n).map(|at| format!("  key_{at} = {at}\n")).collect();
            format!("x = {{\n{keys}}}\n")
        }),
        ("attributes", |n| {
            (0..n).map(|at| format!("key_{at} = {at}\n")).collect()
        }),
        ("operators", |n| format!("x = {}a\n", "a + ".repeat(n))),
    ];
    let source = Sources::new().add("bench.tf", "");
    let mut group = criterion.benchmark_group("parse-growth");
    group.sample_size(10);
    for (name, shape) in shapes {
        for size in [10_000, 100_000] {
            let text: Arc<str> = Arc::from(shape(size));
            group.throughput(Throughput::Bytes(text.len() as u64));
            group.bench_function(format!("{name}-{size}"), |bencher| {
                bencher.iter(|| black_box(hcl::parse(source, Arc::clone(&text))));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, parse, manifests, growth);
criterion_main!(benches);
