//! What is refused before any of it runs, each with its own words.

use super::*;

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
    says(&load(&compiled), "is native code, compiled already");
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
        &problem.message.en,
        "has rule test/rule, which one.wasm has already",
    );
    assert_eq!(engine.rules().len(), 1);
}

#[test]
fn a_policy_that_cannot_describe_itself_is_refused() {
    says(
        &load(&guest_with("", "(unreachable)", PASS_ALL)),
        "unreachable",
    );
    // The title is no text.
    let bytes = set(TEXTS + 9, 0xffff_ffff);
    says(&load(&guest_with("", &bytes, PASS_ALL)), "utf-8");
    let far = set(RULES + 16 + 8, 0x7fff_0000);
    says(&load(&guest_with("", &far, PASS_ALL)), "out of bounds");
    let greedy = "(loop $on (drop (memory.grow (i32.const 16))) (br $on))";
    says(
        &load(&guest_with("", greedy, PASS_ALL)),
        "more than 64 MiB of memory",
    );
    let huge = set(RULES + 4, 100_000_000);
    says(&load(&guest_with("", &huge, PASS_ALL)), "out of bounds");
}

#[test]
fn a_rule_of_the_scanner_is_not_replaced() {
    let mut engine = Engine::builtin(Limits::default());
    let before = engine.rule("residency/outside-area").cloned();
    let problem = engine
        .load_bytes(&named("residency/outside-area"), "bad.wasm")
        .expect_err("a rule of ours");
    says(
        &problem.message.en,
        "has rule residency/outside-area, which residency has already",
    );
    assert_eq!(engine.rule("residency/outside-area").cloned(), before);
}
