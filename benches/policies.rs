//! What policies cost: starting the built-in ones, and asking all their rules about 10,000 resources.
//!
//! `GARDEFOU_BENCH_POLICIES` names a folder of components to run instead of those that the binary carries, compiled as
//! policies of users are.
#![allow(clippy::expect_used, reason = "a bench fails by panicking")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gardefou::catalog::{Catalog, Date};
use gardefou::config::Config;
use gardefou::config::words::{Actor, Level};
use gardefou::facts::{Settings, establish};
use gardefou::graph::{GraphBuilder, Relation, RelationKind, Resource, ResourceId, World};
use gardefou::policy::{Engine, Limits, Subject};
use gardefou::source::{Place, Sources, Span};
use gardefou::terraform::ReadFrom;
use gardefou::value::Value;

const RESOURCES: usize = 10_000;
/// An estate mixes what a rule asks about with what it does not.
const KINDS: [&str; 5] = [
    "aws_s3_bucket",
    "aws_db_instance",
    "aws_instance",
    "aws_cognito_user_pool",
    "aws_kms_key",
];
const REGIONS: [&str; 4] = ["eu-west-3", "eu-west-2", "us-east-1", "eu-central-1"];

fn resource(at: usize, place: Place) -> Resource {
    let kind = KINDS[at % KINDS.len()];
    let text = |text: &str| Value::string(text).at(place);
    let tags = Value::object([
        (
            "data-classification".into(),
            text(["health", "personal", "secnumcloud"][at % 3]),
        ),
        ("tenant".into(), text(["chu-a", "chu-b"][at / 100 % 2])),
    ]);
    Resource {
        id: ResourceId(0),
        world: World::Terraform,
        address: format!("module.site[\"{}\"].{kind}.main", at / 10).into(),
        kind: kind.into(),
        name: "main".into(),
        attributes: Value::object([
            ("region".into(), text(REGIONS[at / 7 % 4])),
            ("tags".into(), tags.at(place)),
        ]),
        header: place,
        block: place,
        root: None,
        path: "main.tf".into(),
        module: "".into(),
        calls: Arc::from([]),
        instance_key: None,
        provider: None,
        namespace: None,
        classes: Catalog::get()
            .resource_kind(kind)
            .map(|kind| kind.class)
            .unwrap_or_default(),
        catalogued: true,
        attribute_names: Arc::from([]),
        incomplete: false,
        prevent_destroy: false,
        replaced_with: Arc::from([]),
    }
}

fn subject() -> Subject {
    let source = Sources::new().add("main.tf", "");
    let place = Place::new(source, Span::new(0, 0));
    let mut graph = GraphBuilder::default();
    let root = graph.root("".into(), ReadFrom::Code);
    for at in 0..RESOURCES {
        graph.resource(Resource {
            root: Some(root),
            ..resource(at, place)
        });
    }
    for store in (0..RESOURCES as u32).step_by(5) {
        // One key for each ten stores.
        let to = ResourceId(store / 50 * 50 + 4);
        graph.relation(Relation {
            from: ResourceId(store),
            kind: RelationKind::EncryptsWith,
            to,
            path: String::new(),
            place: None,
        });
    }
    let graph = graph.finish();
    let settings = Settings {
        actor: Some(Actor::StateOperator),
        as_of: Date::new(2026, 11, 21).expect("a day"),
        assume: Level::Personal,
        config: Config::default(),
    };
    let facts = establish(&graph, Catalog::get(), &settings);
    Subject {
        graph: Arc::new(graph),
        facts: Arc::new(facts),
        settings: Arc::new(settings),
        catalog: Catalog::get(),
    }
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
    let subject = subject();
    let engine = engine();
    let verdicts: usize = engine
        .run(&subject)
        .judgements
        .iter()
        .map(|judgement| judgement.verdicts.len())
        .sum();
    let pairs: usize = engine
        .run(&subject)
        .judgements
        .iter()
        .map(gardefou::policy::Judgement::scope)
        .sum();
    let mut group = criterion.benchmark_group("policies");
    group.throughput(Throughput::Elements(RESOURCES as u64));
    group.sample_size(20);
    group.bench_function(
        format!("10,000 resources, {pairs} questions, {verdicts} verdicts"),
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
