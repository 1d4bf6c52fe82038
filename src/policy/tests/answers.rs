//! Answers that are wrong, and who is asked what.

use super::*;

#[test]
fn every_resource_is_answered_exactly_once() {
    let store = |at: u32, value: &str| format!("(i32.store (i32.const {at}) {value})");
    let passed = format!("(i32.load (i32.const {}))", ANSWER + 4);
    says(
        &failure(&answers(&store(ANSWER + 8, "(i32.const 1)"))),
        "test/rule leaves out aws_s3_bucket.b",
    );
    says(
        &failure(&answers(&store(RESULT + 8, "(i32.const 0)"))),
        "does not answer for test/rule",
    );
    let both = store(ANSWER + 12, &passed) + &store(ANSWER + 16, "(i32.const 1)");
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
        &failure(&answers(&store(ANSWER, "(i32.const 7)"))),
        "a rule number 7, which was not asked",
    );
    // Twice the same answer: the second one lies behind the first.
    let again = "(memory.copy (i32.const 4124) (i32.const 4096) (i32.const 28))".to_owned();
    says(
        &failure(&answers(&(again + &store(RESULT + 8, "(i32.const 2)")))),
        "answers twice for test/rule",
    );
    says(
        &failure(&one_verdict(&store(VERDICT, "(i32.const 1)"))),
        "answers twice for aws_s3_bucket.b",
    );
}

#[test]
fn verdicts_are_checked() {
    says(
        &failure(&one_verdict(&set(VERDICT + 32, 100_000))),
        "has no message, or too long a one",
    );
    says(
        &failure(&one_verdict(&set(VERDICT + 32, 0))),
        "has no message",
    );
    // A megabyte of text that is there.
    let megabyte = "(drop (memory.grow (i32.const 32)))".to_owned()
        + &set(VERDICT + 28, HEAP)
        + &set(VERDICT + 32, 1 << 20);
    says(&failure(&one_verdict(&megabyte)), "too long a one");
    says(
        &failure(&one_verdict(&set(VERDICT, 9))),
        "test/rule speaks of a resource number 9, which was not asked",
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
    // A requirement called `Words`, of a rule that lists none.
    let requirement = 2 * HEAP;
    let named = set(VERDICT + 68, requirement)
        + &set(VERDICT + 72, 1)
        + &set(requirement, WORDS.0)
        + &set(requirement + 4, WORDS.1);
    says(
        &failure(&one_verdict(&named)),
        "more requirements than the rule",
    );
    let listing = |id: (u32, u32)| {
        let list = 2 * HEAP + 64;
        [
            set(RULES + 16 + 60, list),
            set(RULES + 16 + 64, 1),
            set(list, id.0),
            set(list + 4, id.1),
        ]
        .concat()
    };
    says(
        &failure(&one_verdict_with("", &listing((TEXTS, 9)), &named)),
        "a requirement that the rule does not list",
    );
    let good = run_with(
        Limits::default(),
        &one_verdict_with("", &listing(WORDS), &named),
    );
    assert_eq!(good.problems, []);
    let said = good.judgements.iter().flat_map(|one| &one.verdicts);
    let said: Vec<&[String]> = said.map(|one| &one.requirements[..]).collect();
    assert_eq!(said, [["Words"]]);
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
        verdicts_per_resource: 0,
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
fn verdicts_may_be_as_many_as_the_estate_is_large() {
    let limits = |verdicts_per_resource| Limits {
        verdicts: 0,
        verdicts_per_resource,
        ..Limits::default()
    };
    assert_eq!(run_with(limits(1), &one_verdict("")).problems, []);
    says(
        &failure_with(limits(0), &one_verdict("")),
        "1 verdicts are more than 0",
    );
}

/// A rule of no use to the frameworks of a scan costs nothing, and its faults are none of this scan.
#[test]
fn a_rule_that_is_left_out_is_not_run() {
    let mut engine = Engine::empty(Limits::default());
    engine
        .load_bytes(&guest("(unreachable)"), "bad.wasm")
        .expect("a policy that loads");
    assert_eq!(engine.run(&subject()).problems.len(), 1);
    let evaluation = engine.run(&Subject {
        left_out: Arc::from(["test/rule".to_owned()]),
        ..subject()
    });
    assert_eq!(evaluation.problems, []);
    assert_eq!(evaluation.judgements, []);
}
