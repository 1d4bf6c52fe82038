//! The engine against policies that misbehave.

mod alike;
mod answers;
mod built_in;
mod guest;
mod loading;
mod running;
mod users;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use guest::{
    ANSWER, HEAP, PASS_ALL, RESULT, RULES, TEXTS, VERDICT, WORDS, answers, guest, guest_with,
    named, one_verdict, one_verdict_with, says_option, set, with_option,
};

use super::*;
use crate::catalog::{Catalog, Class, Date};
use crate::config::Config;
use crate::facts::{Settings, establish};
use crate::graph::{Graph, GraphBuilder, Relation, RelationKind, Resource, World};
use crate::source::{Place, Sources, Span};
use crate::value::{Marks, Value};

pub(super) fn place() -> Place {
    static SOURCES: LazyLock<(Sources, crate::source::SourceId)> = LazyLock::new(|| {
        let sources = Sources::new();
        let id = sources.add("main.tf", "resource {}");
        (sources, id)
    });
    Place::new(SOURCES.1, Span::new(0, 8))
}

pub(super) fn store(address: &str, attributes: Value) -> Resource {
    Resource {
        id: ResourceId(0),
        world: World::Terraform,
        address: address.into(),
        kind: "aws_s3_bucket".into(),
        name: "a".into(),
        attributes,
        header: place(),
        block: place(),
        root: None,
        written_as: None,
        path: "main.tf".into(),
        module: "".into(),
        calls: Arc::from([]),
        instance_key: None,
        provider: None,
        release: None,
        namespace: None,
        classes: ClassSet::of(&[Class::HoldsData]),
        object: None,
        catalogued: true,
        attribute_names: Arc::from([]),
        incomplete: false,
        prevent_destroy: false,
        replaced_with: Arc::default(),
    }
}

pub(super) fn subject_of(graph: Graph, config: Config) -> Subject {
    let settings = Settings {
        actor: None,
        as_of: Date::new(2026, 11, 21).expect("a day"),
        assume: Level::Personal,
        config,
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

/// Two buckets.
pub(super) fn subject() -> Subject {
    subject_with(Config::default())
}

/// Two buckets, with this configuration.
pub(super) fn subject_with(config: Config) -> Subject {
    let mut graph = GraphBuilder::default();
    let secret =
        Value::object([("token".into(), Value::string("hunter2"))]).marked(Marks::SENSITIVE);
    let attributes = Value::object([
        ("bucket".into(), Value::string("a").at(place())),
        ("auth".into(), secret),
    ]);
    let a = graph.resource(store("aws_s3_bucket.a", attributes));
    let b = graph.resource(store("aws_s3_bucket.b", Value::object([])));
    graph.relation(Relation {
        from: a,
        kind: RelationKind::ReplicatesTo,
        to: b,
        path: String::new(),
        place: None,
    });
    subject_of(graph.finish(), config)
}

/// What loading says; empty when the policy was taken.
pub(super) fn load(bytes: &[u8]) -> String {
    let mut engine = Engine::empty(Limits::default());
    engine
        .load_bytes(bytes, "bad.wasm")
        .err()
        .map_or_else(String::new, |problem| problem.message.en.to_string())
}

pub(super) fn run_with(limits: Limits, bytes: &[u8]) -> Evaluation {
    let mut engine = Engine::empty(limits);
    engine
        .load_bytes(bytes, "bad.wasm")
        .expect("a policy that loads");
    engine.run(&subject())
}

/// The only problem of a run, which leaves no judgement of that policy.
pub(super) fn failure_with(limits: Limits, bytes: &[u8]) -> String {
    let evaluation = run_with(limits, bytes);
    assert_eq!(evaluation.judgements, []);
    let [problem] = &evaluation.problems[..] else {
        panic!("one problem, not {:?}", evaluation.problems)
    };
    assert!(problem.help.is_some());
    assert_eq!(problem.path.as_deref(), Some("bad.wasm"));
    problem.message.en.to_string()
}

pub(super) fn failure(bytes: &[u8]) -> String {
    failure_with(Limits::default(), bytes)
}

#[track_caller]
pub(super) fn says(message: &str, expected: &str) {
    assert!(
        message.contains(expected),
        "{message:?} does not say {expected:?}"
    );
    assert!(
        message.contains("bad.wasm"),
        "{message:?} does not name the policy"
    );
}
