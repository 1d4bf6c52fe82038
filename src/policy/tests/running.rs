//! Policies that misbehave while they run, and what they can see.

use super::*;

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
        wall_clock_per_resource: Duration::ZERO,
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
    says(&refused.unwrap_err().message.en, "fuel");
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
fn what_is_handed_over_is_bounded() {
    // A message of 100 KiB, of zeros for the most part.
    let long = one_verdict(&set(VERDICT + 32, 100 << 10));
    let limits = |handed, handed_per_resource, handed_at_most| Limits {
        handed,
        handed_per_resource,
        handed_at_most,
        message: 1 << 20,
        ..Limits::default()
    };
    let taken = run_with(limits(64 << 10, 64 << 10, 1 << 20), &long);
    assert_eq!((taken.problems.len(), taken.judgements.len()), (0, 1));
    let expected = "hands over more than 0 MiB at once";
    says(&failure_with(limits(64 << 10, 0, 1 << 20), &long), expected);
    says(
        &failure_with(limits(64 << 10, 64 << 10, 64 << 10), &long),
        expected,
    );
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
    let mut host = host::Host::new(Some(subject()), Arc::default(), &[], &Limits::default());
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
    let mut host = host::Host::new(Some(subject), Arc::default(), &[], &Limits::default());
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
fn an_option_that_is_not_declared_is_refused() {
    let asking = |describe: &str| {
        let ask = format!(
            "(call $option (i32.const {TEXTS}) (i32.const 9) (i32.const {}) (i32.const 4) (i32.const 256)) {PASS_ALL}",
            TEXTS + 5
        );
        guest_with(guest::OPTION_OF, describe, &ask)
    };
    says(&failure(&asking("")), "no rule here declares an option");
    assert_eq!(
        run_with(Limits::default(), &asking(&with_option(0))).problems,
        []
    );
    // Of its own rules only.
    let of_others = one_verdict_with(
        guest::OPTION_OF,
        &with_option(0),
        &format!(
            "(call $option (i32.const {}) (i32.const 5) (i32.const {}) (i32.const 4) (i32.const 256))",
            WORDS.0,
            TEXTS + 5
        ),
    );
    says(&failure(&of_others), "no rule here declares an option");
}

#[test]
fn what_nothing_can_match_is_not_loaded() {
    let mut graph = GraphBuilder::default();
    graph.resource(Resource {
        kind: "aws_cognito_user_pool".into(),
        classes: ClassSet::of(&[Class::Identity]),
        ..store("aws_cognito_user_pool.a", Value::object([]))
    });
    let subject = subject_of(graph.finish(), Config::default());
    let engine = Engine::builtin(Limits::default());
    assert_eq!(engine.loaded(), Vec::<&str>::new());
    let evaluation = engine.run(&subject);
    assert_eq!(evaluation.problems, []);
    assert!(engine.loaded().contains(&"identity"));
    assert!(
        !engine.loaded().contains(&"encryption"),
        "{:?}",
        engine.loaded()
    );
    // A rule that was not asked has a judgement all the same.
    assert_eq!(evaluation.judgements.len(), engine.rules().len());
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let engine = Engine::builtin(Limits::default());
        pool.expect("threads").install(|| engine.run(&subject()))
    };
    let one = run(1);
    assert_eq!(one.problems, []);
    assert_eq!(one, run(4));
}
