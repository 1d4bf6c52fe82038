//! What policies cost: starting the built-in ones, and asking all their rules about 10,000 resources.
//!
//! `GARDEFOU_BENCH_POLICIES` names a folder of components to run instead of those that the binary carries, compiled as
//! policies of users are. `GARDEFOU_BENCH_RULES` is a part of the names of the rules to ask, all others being off. What is
//! asked and answered is printed first, by rule.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints, and fails by panicking"
)]

mod workloads;

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gardefou::catalog::{Catalog, Date};
use gardefou::config::words::{Actor, Level};
use gardefou::config::{self, Config};
use gardefou::facts::{Settings, establish};
use gardefou::graph::assemble;
use gardefou::kubernetes::Manifests;
use gardefou::policy::{Engine, Judgement, Limits, Subject};
use gardefou::source::Sources;

/// Of twenty resources each; with what they share 10,000 resources.
const SITES: usize = 497;

fn subject(engine: &Engine) -> Subject {
    let workload = workloads::estate(SITES);
    let (sources, ..) = workload.sources();
    let estate = workload.evaluate();
    let graph = assemble(&estate, &Manifests::default(), Catalog::get(), &sources);
    let settings = Settings {
        actor: Some(Actor::StateOperator),
        as_of: Date::new(2026, 11, 21).expect("a day"),
        assume: Level::Personal,
        config: configuration(engine),
    };
    let facts = establish(&graph, Catalog::get(), &settings);
    Subject {
        graph: Arc::new(graph),
        facts: Arc::new(facts),
        settings: Arc::new(settings),
        catalog: Catalog::get(),
        left_out: Arc::default(),
    }
}

/// Switches off the rules that are not asked.
fn configuration(engine: &Engine) -> Config {
    let asked = std::env::var("GARDEFOU_BENCH_RULES").unwrap_or_default();
    let off = engine
        .rules()
        .iter()
        .filter(|rule| !rule.id.contains(&asked));
    let text: String = off
        .map(|rule| format!("[rules.\"{}\"]\nseverity = \"off\"\n", rule.id))
        .collect();
    let sources = Sources::new();
    let source = sources.add("gardefou.toml", text.as_str());
    let (config, problems) = config::parse(source, &text);
    assert!(problems.is_empty(), "{problems:?}");
    config
}

fn engine() -> Engine {
    let Some(folder) = std::env::var_os("GARDEFOU_BENCH_POLICIES") else {
        return Engine::builtin(Limits::default());
    };
    let mut engine = Engine::empty(Limits::default());
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path
            .extension()
            .is_some_and(|extension| extension == "wasm")
        {
            engine
                .load(&path, &path.display().to_string())
                .expect("a policy that loads");
        }
    }
    engine
}

fn policies(criterion: &mut Criterion) {
    let engine = engine();
    let subject = subject(&engine);
    let evaluation = engine.run(&subject);
    assert!(evaluation.problems.is_empty(), "{:?}", evaluation.problems);
    println!("{} resources", subject.graph.resources().len());
    println!("questions  passed  n/a  verdicts");
    for judgement in &evaluation.judgements {
        println!(
            "{:>9} {:>7} {:>4} {:>9}  {}",
            judgement.scope(),
            judgement.passed.len(),
            judgement.not_applicable.len(),
            judgement.verdicts.len(),
            judgement.rule.id,
        );
    }
    let judgements = &evaluation.judgements;
    let questions: usize = judgements.iter().map(Judgement::scope).sum();
    let verdicts: usize = judgements.iter().map(|all| all.verdicts.len()).sum();
    let mut group = criterion.benchmark_group("policies");
    group.throughput(Throughput::Elements(subject.graph.resources().len() as u64));
    group.sample_size(20);
    group.bench_function(
        format!("10,000 resources, {questions} questions, {verdicts} verdicts"),
        |bencher| {
            bencher.iter(|| black_box(engine.run(&subject)));
        },
    );
    group.bench_function("start", |bencher| {
        bencher.iter(|| black_box(Engine::builtin(Limits::default())));
    });
    group.finish();
}

criterion_group!(benches, policies);
criterion_main!(benches);
