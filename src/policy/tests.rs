//! The engine against policies that misbehave. They are written in WebAssembly text against the contract's binary
//! interface, so that each does exactly one thing wrong.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use super::*;
use crate::catalog::{Catalog, Class, Date};
use crate::config::Config;
use crate::facts::{Settings, establish};
use crate::graph::{Graph, GraphBuilder, Relation, RelationKind, Resource, World};
use crate::source::{Place, Sources, Span};
use crate::value::{Marks, Value};

/// Offsets that every guest uses: its rules, its answer, the texts, and where the host may allocate.
const RULES: u32 = 1024;
const ANSWER: u32 = 4096;
const RESULT: u32 = 4200;
const VERDICT: u32 = 4300;
const TEXTS: u32 = 8192;
const HEAP: u32 = 65536;

/// The text that all fields of a good guest hold: `test/rule` is at the start, `Words` behind it.
const ID: (u32, u32) = (TEXTS, 9);
const WORDS: (u32, u32) = (TEXTS + 9, 5);

/// Answers "passed" for the whole scope of the first rule asked.
const PASS_ALL: &str = "
    (i32.store (i32.const 4096) (i32.load (local.get $scope)))
    (i32.store (i32.const 4100) (i32.load (i32.add (local.get $scope) (i32.const 4))))
    (i32.store (i32.const 4104) (i32.load (i32.add (local.get $scope) (i32.const 8))))
    (i32.store (i32.const 4204) (i32.const 4096))
    (i32.store (i32.const 4208) (i32.const 1))
    (i32.const 4200)";

/// Bytes as a string literal of the text format.
fn literal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:02x}")).collect()
}

/// One rule about everything, described as the contract lays it out in memory.
fn description(id: (u32, u32)) -> Vec<u8> {
    let mut words: Vec<u32> = Vec::new();
    let text = [WORDS.0, WORDS.1];
    words.extend([id.0, id.1]);
    words.extend([text; 6].concat()); // title, help, doc: two languages each
    words.push(2); // severity: medium
    words.extend([0, 0]); // requirements
    words.push(0); // classes
    words.extend([0, 0]); // kinds
    words.push(0); // min-level: none
    words.extend([0, 0]); // options
    words.extend(text); // since
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// A policy with this body of `evaluate`; `functions` are further definitions, imports first.
fn guest_with(functions: &str, describe: &str, evaluate: &str) -> Vec<u8> {
    let rules = description(ID);
    let list: Vec<u8> = [RULES + 16, 1]
        .iter()
        .flat_map(|word: &u32| word.to_le_bytes())
        .collect();
    let text = format!(
        r#"(module
            {functions}
            (memory (export "memory") 4)
            (data (i32.const {RULES}) "{}{}{}")
            (data (i32.const {TEXTS}) "test/ruleWords")
            (global $heap (mut i32) (i32.const {HEAP}))
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                (local $at i32)
                (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
                (global.set $heap (i32.add (local.get $at) (local.get 3)))
                (local.get $at))
            (func (export "describe") (result i32) {describe} (i32.const {RULES}))
            (func (export "evaluate") (param $scope i32) (param $count i32) (result i32) {evaluate}))"#,
        literal(&list),
        literal(&[0; 8]),
        literal(&rules),
    );
    let mut module = wat::parse_str(&text).expect("the text format");
    let mut resolve = wit_parser::Resolve::default();
    let (package, _) = resolve
        .push_path(concat!(env!("CARGO_MANIFEST_DIR"), "/wit"))
        .expect("the contract");
    let world = resolve
        .select_world(&[package], Some("policy"))
        .expect("its world");
    wit_component::embed_component_metadata(
        &mut module,
        &resolve,
        world,
        wit_component::StringEncoding::UTF8,
    )
    .expect("metadata");
    let mut encoder = wit_component::ComponentEncoder::default()
        .module(&module)
        .expect("a module");
    encoder.encode().expect("a component")
}

fn guest(evaluate: &str) -> Vec<u8> {
    guest_with("", "", evaluate)
}

/// A policy that answers for the first rule with these lists: pairs of offset and words.
fn answers(changes: &str) -> Vec<u8> {
    guest(&format!(
        "(drop (block (result i32) {PASS_ALL})) {changes} (i32.const {RESULT})"
    ))
}

/// A policy whose only answer is one verdict on resource 0, and "passed" for resource 1.
fn one_verdict(changes: &str) -> Vec<u8> {
    let store = |at: u32, value: u32| format!("(i32.store (i32.const {at}) (i32.const {value}))");
    let words = [
        (ANSWER + 20, VERDICT), // one verdict
        (ANSWER + 24, 1),
        (VERDICT, 0),     // on
        (VERDICT + 4, 0), // a violation
        (VERDICT + 28, WORDS.0),
        (VERDICT + 32, WORDS.1),
        (VERDICT + 36, WORDS.0),
        (VERDICT + 40, WORDS.1),
    ];
    let stores: String = words.iter().map(|(at, value)| store(*at, *value)).collect();
    // The passed list starts behind resource 0.
    let rest = format!(
        "(i32.store (i32.const {passed}) (i32.add (i32.load (i32.const {passed})) (i32.const 4)))
         (i32.store (i32.const {length}) (i32.const 1))",
        passed = ANSWER + 4,
        length = ANSWER + 8
    );
    answers(&format!("{rest} {stores} {changes}"))
}

fn place() -> Place {
    static SOURCES: LazyLock<(Sources, crate::source::SourceId)> = LazyLock::new(|| {
        let sources = Sources::new();
        let id = sources.add("main.tf", "resource {}");
        (sources, id)
    });
    Place::new(SOURCES.1, Span::new(0, 8))
}

fn store(address: &str, attributes: Value) -> Resource {
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
        path: "main.tf".into(),
        module: "".into(),
        calls: Arc::from([]),
        instance_key: None,
        provider: None,
        namespace: None,
        classes: ClassSet::of(&[Class::HoldsData]),
        catalogued: true,
        attribute_names: Arc::from([]),
        incomplete: false,
        prevent_destroy: false,
        replaced_with: Arc::default(),
    }
}

fn subject_of(graph: Graph) -> Subject {
    let settings = Settings {
        actor: None,
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

/// Two buckets.
fn subject() -> Subject {
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
    subject_of(graph.finish())
}

/// What loading says; empty when the policy was taken.
fn load(bytes: &[u8]) -> String {
    let mut engine = Engine::empty(Limits::default());
    engine
        .load_bytes(bytes, "bad.wasm")
        .err()
        .map_or_else(String::new, |problem| problem.message)
}

fn run_with(limits: Limits, bytes: &[u8]) -> Evaluation {
    let mut engine = Engine::empty(limits);
    engine
        .load_bytes(bytes, "bad.wasm")
        .expect("a policy that loads");
    engine.run(&subject())
}

/// The only problem of a run, which leaves no judgement of that policy.
fn failure_with(limits: Limits, bytes: &[u8]) -> String {
    let evaluation = run_with(limits, bytes);
    assert_eq!(evaluation.judgements, []);
    let [problem] = &evaluation.problems[..] else {
        panic!("one problem, not {:?}", evaluation.problems)
    };
    assert!(problem.help.is_some());
    assert_eq!(problem.path.as_deref(), Some("bad.wasm"));
    problem.message.clone()
}

fn failure(bytes: &[u8]) -> String {
    failure_with(Limits::default(), bytes)
}

#[track_caller]
fn says(message: &str, expected: &str) {
    assert!(
        message.contains(expected),
        "{message:?} does not say {expected:?}"
    );
    assert!(
        message.contains("bad.wasm"),
        "{message:?} does not name the policy"
    );
}

#[test]
fn a_good_guest_is_taken_and_judges() {
    let evaluation = run_with(Limits::default(), &guest(PASS_ALL));
    assert_eq!(evaluation.problems, []);
    let [judgement] = &evaluation.judgements[..] else {
        panic!("one judgement")
    };
    assert_eq!(judgement.rule.id, "test/rule");
    assert_eq!(&*judgement.rule.policy, "bad.wasm");
    assert_eq!(judgement.passed, [ResourceId(0), ResourceId(1)]);
    assert_eq!(judgement.scope(), 2);
    let evaluation = run_with(Limits::default(), &one_verdict(""));
    let verdict = &evaluation.judgements[0].verdicts[0];
    assert_eq!((verdict.on, &*verdict.message.en), (ResourceId(0), "Words"));
}

#[test]
fn what_is_no_component_is_named_for_what_it_is() {
    let good = guest(PASS_ALL);
    says(&load(b""), "no WebAssembly component");
    says(&load(b"(component)"), "no WebAssembly component");
    says(
        &load(b"package policy\ndefault allow = false\n"),
        "no WebAssembly component",
    );
    says(
        &load(&wat::parse_str("(module)").unwrap()),
        "core WebAssembly module",
    );
    says(&load(&good[..good.len() / 2]), "no valid component");
    says(&load(&good[..9]), "no valid component");
}

#[test]
fn native_code_is_never_taken_from_a_file() {
    let engine = wasmtime::Engine::new(&compile::config(wasmtime::Strategy::Cranelift)).unwrap();
    let compiled = engine.precompile_component(&guest(PASS_ALL)).unwrap();
    says(&load(&compiled), "no WebAssembly component");
}

#[test]
fn foreign_imports_are_refused_by_name() {
    let importing = |name: &str| {
        load(&wat::parse_str(format!(r#"(component (import "{name}" (instance)))"#)).unwrap())
    };
    says(
        &importing("wasi:cli/environment@0.2.6"),
        "imports WASI: wasi:cli/environment@0.2.6",
    );
    says(&importing("acme:tools/http@1.0.0"), "acme:tools/http@1.0.0");
    says(
        &importing("gardefou:policy/files@0.1.0"),
        "gardefou:policy/files@0.1.0",
    );
    says(
        &importing("gardefou:policy/graph@0.2.0"),
        "newer contract, gardefou:policy@0.2.0",
    );
    says(&importing("gardefou:policy/graph@1.0.0"), "newer contract");
    says(
        &importing("gardefou:policy/graph@0.0.9"),
        "older contract, gardefou:policy@0.0.9",
    );
}

#[test]
fn another_world_is_refused() {
    says(
        &load(&wat::parse_str("(component)").unwrap()),
        "does not export `describe`",
    );
    let shape = r#"(component
        (core module $m (func (export "f") (result i32) i32.const 0))
        (core instance $i (instantiate $m))
        (func $f (result u32) (canon lift (core func $i "f")))
        (export "describe" (func $f)) (export "evaluate" (func $f)))"#;
    says(
        &load(&wat::parse_str(shape).unwrap()),
        "does not fit the contract",
    );
}

#[test]
fn running_without_end_is_stopped() {
    let forever = guest("(loop $on (br $on)) (unreachable)");
    says(
        &failure_with(
            Limits {
                fuel: 100_000,
                ..Limits::default()
            },
            &forever,
        ),
        "fuel",
    );
    let slow = Limits {
        fuel: u64::MAX >> 2,
        wall_clock: Duration::from_millis(20),
        ..Limits::default()
    };
    says(&failure_with(slow, &forever), "ran longer than 20ms");
    // Describing itself is bounded as well.
    let limits = Limits {
        fuel: 100_000,
        ..Limits::default()
    };
    let refused = Engine::empty(limits)
        .load_bytes(&guest_with("", "(loop $on (br $on))", PASS_ALL), "bad.wasm");
    says(&refused.unwrap_err().message, "fuel");
}

#[test]
fn memory_and_stack_are_bounded() {
    let greedy = guest("(loop $on (drop (memory.grow (i32.const 16))) (br $on)) (unreachable)");
    says(&failure(&greedy), "needs more than 64 MiB of memory");
    let deep = guest_with(
        "(func $down (param i32) (result i32) (i32.add (call $down (local.get 0)) (i32.const 1)))",
        "",
        "(call $down (i32.const 0))",
    );
    says(&failure(&deep), "stack");
}

#[test]
fn memory_grows_with_what_is_asked() {
    // Four pages at the start and sixteen more: 1.25 MiB, for two resources.
    let growing = guest(&format!("(drop (memory.grow (i32.const 16))) {PASS_ALL}"));
    let limits = |memory_per_resource, memory_at_most| Limits {
        memory: 1 << 20,
        memory_per_resource,
        memory_at_most,
        ..Limits::default()
    };
    let taken = run_with(limits(1 << 20, 8 << 20), &growing);
    assert_eq!(taken.problems, []);
    assert_eq!(taken.judgements.len(), 1);
    says(&failure_with(limits(0, 8 << 20), &growing), "1 MiB");
    says(&failure_with(limits(1 << 20, 1 << 20), &growing), "1 MiB");
}

#[test]
fn a_trap_is_named() {
    says(&failure(&guest("(unreachable)")), "unreachable");
    says(
        &failure(&guest("(i32.load (i32.const -8))")),
        "out of bounds",
    );
}

#[test]
fn the_host_refuses_ids_and_paths_that_it_did_not_give() {
    let asking = |of: u32| {
        guest_with(
            r#"(import "gardefou:policy/graph@0.1.0" "address" (func $address (param i32 i32)))"#,
            "",
            &format!("(call $address (i32.const {of}) (i32.const 256)) {PASS_ALL}"),
        )
    };
    says(&failure(&asking(77)), "there is no resource 77");
    says(
        &failure(&asking(u32::MAX)),
        "there is no resource 4294967295",
    );
    assert_eq!(run_with(Limits::default(), &asking(1)).problems, []);
    let path = |length: u32| {
        guest_with(
            r#"(import "gardefou:policy/graph@0.1.0" "get" (func $get (param i32 i32 i32 i32)))"#,
            "",
            &format!(
                "(call $get (i32.const 0) (i32.const {TEXTS}) (i32.const {length}) (i32.const 256)) {PASS_ALL}"
            ),
        )
    };
    says(&failure(&path(20_000)), "too long for a path");
    assert_eq!(run_with(Limits::default(), &path(4)).problems, []);
    let describing = guest_with(
        r#"(import "gardefou:policy/graph@0.1.0" "address" (func $address (param i32 i32)))"#,
        "(call $address (i32.const 0) (i32.const 256))",
        PASS_ALL,
    );
    says(&load(&describing), "`describe` calls nothing");
}

#[test]
fn every_resource_is_answered_exactly_once() {
    let set = |at: u32, value: &str| format!("(i32.store (i32.const {at}) {value})");
    let passed = format!("(i32.load (i32.const {}))", ANSWER + 4);
    says(
        &failure(&answers(&set(ANSWER + 8, "(i32.const 1)"))),
        "test/rule leaves out aws_s3_bucket.b",
    );
    says(
        &failure(&answers(&set(RESULT + 8, "(i32.const 0)"))),
        "does not answer for test/rule",
    );
    let both = set(ANSWER + 12, &passed) + &set(ANSWER + 16, "(i32.const 1)");
    says(
        &failure(&answers(&both)),
        "answers twice for aws_s3_bucket.a",
    );
    let foreign = format!("(i32.store {passed} (i32.const 9))");
    says(
        &failure(&answers(&foreign)),
        "speaks of a resource number 9, which was not asked",
    );
    says(
        &failure(&answers(&set(ANSWER, "(i32.const 7)"))),
        "a rule number 7, which was not asked",
    );
    // Twice the same answer: the second one lies behind the first.
    let again = "(memory.copy (i32.const 4124) (i32.const 4096) (i32.const 28))".to_owned();
    says(
        &failure(&answers(&(again + &set(RESULT + 8, "(i32.const 2)")))),
        "answers twice for test/rule",
    );
    says(
        &failure(&one_verdict(&set(VERDICT, "(i32.const 1)"))),
        "answers twice for aws_s3_bucket.b",
    );
}

#[test]
fn verdicts_are_checked() {
    let set = |at: u32, value: u32| format!("(i32.store (i32.const {at}) (i32.const {value}))");
    says(
        &failure(&one_verdict(&set(VERDICT + 32, 100_000))),
        "has no message, or too long a one",
    );
    says(
        &failure(&one_verdict(&set(VERDICT + 32, 0))),
        "has no message",
    );
    let long_path = set(VERDICT + 44, 2 * HEAP) + &set(VERDICT + 48, 100_000);
    says(&failure(&one_verdict(&long_path)), "too long a path");
    says(
        &failure(&one_verdict(
            &(set(VERDICT + 52, TEXTS) + &set(VERDICT + 56, 1)),
        )),
        "evidence that does not exist",
    );
    says(
        &failure(&one_verdict(
            &(set(VERDICT + 60, TEXTS) + &set(VERDICT + 64, 1)),
        )),
        "resource that does not exist",
    );
    says(
        &failure(&one_verdict(&set(VERDICT + 28, 0x7fff_0000))),
        "out of bounds",
    );
    says(
        &failure(&one_verdict(&set(TEXTS + 9, 0xffff_ffff))),
        "utf-8",
    );
    let few = Limits {
        verdicts: 0,
        ..Limits::default()
    };
    says(
        &failure_with(few, &one_verdict("")),
        "1 verdicts are more than 0",
    );
}

#[test]
fn a_fault_that_the_policy_reports_is_passed_on() {
    let text = format!(
        "(i32.store (i32.const {RESULT}) (i32.const 1))
         (i32.store (i32.const {}) (i32.const {}))
         (i32.store (i32.const {}) (i32.const {}))",
        RESULT + 4,
        WORDS.0,
        RESULT + 8,
        WORDS.1
    );
    says(&failure(&answers(&text)), "reports: Words");
}

#[test]
fn rules_are_checked_when_loaded() {
    let renamed = guest_with(
        "",
        &format!("(i32.store8 (i32.const {TEXTS}) (i32.const 0x54))"),
        PASS_ALL,
    );
    says(&load(&renamed), "its id is not `family/name`");
    let nameless = guest_with(
        "",
        &format!("(i32.store (i32.const {}) (i32.const 0))", RULES + 16 + 12),
        PASS_ALL,
    );
    says(&load(&nameless), "its title is empty");
    let none = guest_with(
        "",
        &format!("(i32.store (i32.const {}) (i32.const 0))", RULES + 4),
        PASS_ALL,
    );
    says(&load(&none), "describes no rule");
    let mut engine = Engine::empty(Limits::default());
    engine.load_bytes(&guest(PASS_ALL), "one.wasm").unwrap();
    let problem = engine.load_bytes(&guest(PASS_ALL), "bad.wasm").unwrap_err();
    says(
        &problem.message,
        "has rule test/rule, which one.wasm has already",
    );
    assert_eq!(engine.rules().len(), 1);
}

#[test]
fn one_bad_policy_leaves_the_others_alone() {
    let alone = Engine::builtin(Limits::default()).run(&subject());
    assert_eq!(alone.problems, []);
    assert!(!alone.judgements.is_empty());
    let mut engine = Engine::builtin(Limits::default());
    engine
        .load_bytes(&guest("(unreachable)"), "bad.wasm")
        .unwrap();
    let beside = engine.run(&subject());
    assert_eq!(beside.judgements, alone.judgements);
    assert_eq!(beside.problems.len(), 1);
}

#[test]
fn what_lies_below_a_sensitive_value_is_withheld() {
    use super::contract::graph::Host as _;
    let mut host = host::Host::new(Some(subject()), &[], &Limits::default());
    let mut get = |path: &str| host.get(0, path.to_owned()).unwrap();
    assert!(matches!(
        get("auth"),
        Some(contract::types::Value::Sensitive)
    ));
    assert!(matches!(
        get("auth.token"),
        Some(contract::types::Value::Sensitive)
    ));
    assert!(matches!(get("bucket"), Some(contract::types::Value::Text(text)) if text == "a"));
    assert!(get("missing").is_none());
    assert_eq!(
        host.keys(0, "auth".to_owned()).unwrap(),
        Vec::<String>::new()
    );
}

#[test]
fn evidence_of_an_attribute_is_kept_once_behind_that_of_the_facts() {
    use super::contract::graph::Host as _;
    let subject = subject();
    let first = subject.facts.evidence_count() as u32;
    let mut host = host::Host::new(Some(subject), &[], &Limits::default());
    assert_eq!(
        host.evidence_of(0, "bucket".to_owned()).unwrap(),
        Some(first)
    );
    assert_eq!(
        host.evidence_of(0, "bucket".to_owned()).unwrap(),
        Some(first)
    );
    assert_eq!(host.evidence_of(0, "missing".to_owned()).unwrap(), None);
    assert_eq!(host.evidence_count() as u32, first + 1);
}

#[test]
fn the_scope_is_chosen_by_class_kind_and_level() {
    let rule = |classes: &[Class], kinds: &[&str]| Rule {
        options: Vec::new(),
        id: "a/b".to_owned(),
        policy: "p".into(),
        title: Text::default(),
        help: Text::default(),
        doc: Text::default(),
        severity: Severity::Low,
        requirements: vec![],
        classes: ClassSet::of(classes),
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        min_level: None,
        since: String::new(),
    };
    let key = ClassSet::of(&[Class::Key]);
    assert!(rule(&[], &[]).asks("anything", ClassSet::EMPTY));
    assert!(rule(&[Class::Key, Class::Logs], &[]).asks("aws_kms_key", key));
    assert!(!rule(&[Class::Logs], &[]).asks("aws_kms_key", key));
    assert!(rule(&[Class::Logs], &["aws_kms_*"]).asks("aws_kms_key", key));
    assert!(!rule(&[], &["aws_kms"]).asks("aws_kms_key", key));
}

#[test]
fn classes_have_the_same_order_on_both_sides() {
    for (at, class) in Class::ALL.iter().enumerate() {
        let there = contract::classes(ClassSet::of(&[*class]));
        assert_eq!(contract::classes_from(there), ClassSet::of(&[*class]));
        assert_eq!(there.as_array()[0], 1 << at, "{class}");
    }
}

#[test]
fn built_in_policies_load_and_say_all_of_themselves_in_both_languages() {
    let engine = Engine::builtin(Limits::default());
    let ids: Vec<&str> = engine.rules().iter().map(|rule| rule.id.as_str()).collect();
    assert!(ids.is_sorted());
    for id in [
        "classification/unclassified",
        "encryption/key-shared-between-tenants",
        "identity/mfa-not-enforced",
        "qualification/not-qualified",
        "residency/outside-area",
    ] {
        assert!(ids.contains(&id), "{id}");
    }
    for rule in engine.rules() {
        assert!(
            rule.doc.en.contains("## ") && rule.doc.fr.contains("## "),
            "{}",
            rule.id
        );
        assert_ne!(rule.doc.en, rule.doc.fr, "{}", rule.id);
        assert_ne!(rule.title.en, rule.title.fr, "{}", rule.id);
        for requirement in &rule.requirements {
            assert!(
                Catalog::get().requirement(requirement).is_some(),
                "{requirement} of {}",
                rule.id
            );
        }
    }
}

/// The hash of the sources, as the tool that builds the policies computes it.
#[path = "../../policies/tool/src/sources.rs"]
mod sources;

#[test]
fn committed_policies_come_from_these_sources() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("wasm-policies/manifest.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    assert_eq!(manifest["contract"].as_str(), Some(CONTRACT));
    let contract = std::fs::read_to_string(root.join("wit/policy.wit")).unwrap();
    assert!(contract.contains(&format!("package {CONTRACT};")));
    let policies = manifest["policies"].as_table().unwrap();
    let families = sources::families(&root.join("policies")).unwrap();
    assert!(families.iter().eq(policies.keys()), "{families:?}");
    for family in families {
        let entry = &policies[&family];
        let rebuild = "run policies/build.sh";
        let hash = sources::hash(root, &family).unwrap();
        assert_eq!(
            entry["sources"].as_str(),
            Some(hash.as_str()),
            "{family}: {rebuild}"
        );
        let component = std::fs::read(root.join(format!("wasm-policies/{family}.wasm"))).unwrap();
        let hash = sources::hash_bytes(&component);
        assert_eq!(
            entry["component"].as_str(),
            Some(hash.as_str()),
            "{family}: {rebuild}"
        );
    }
}

#[test]
fn nothing_of_the_machine_that_built_them_is_in_the_policies() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, _) in precompiled::BUILT_IN {
        let bytes = std::fs::read(root.join(format!("wasm-policies/{name}.wasm"))).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        // The folder of this clone as well, wherever it lies.
        let here = root.to_string_lossy();
        for trace in [
            &*here,
            "/root",
            "/home/",
            "/Users/",
            "/tmp/",
            "/usr/",
            ".cargo",
            "registry/",
            "rustlib",
            "C:\\",
        ] {
            assert!(!text.contains(trace), "{name} contains {trace}");
        }
    }
}
