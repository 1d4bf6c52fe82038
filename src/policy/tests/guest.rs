//! Guests in WebAssembly text, against the contract's binary interface, so that each does exactly one thing wrong.
//!
//! The tests of the program use them as well: nothing here needs the crate.
#![allow(dead_code, reason = "each user needs a part of it")]

/// Offsets that every guest uses: its rules, its answer, the texts, and where the host may allocate.
pub(crate) const RULES: u32 = 1024;
pub(crate) const ANSWER: u32 = 4096;
pub(crate) const RESULT: u32 = 4200;
pub(crate) const VERDICT: u32 = 4300;
pub(crate) const TEXTS: u32 = 8192;
pub(crate) const HEAP: u32 = 65536;

/// The text that all fields of a good guest hold: `test/rule` is at the start, `Words` behind it.
pub(crate) const ID: (u32, u32) = (TEXTS, 9);
pub(crate) const WORDS: (u32, u32) = (TEXTS + 9, 5);

/// Answers "passed" for the whole scope of the first rule asked.
pub(crate) const PASS_ALL: &str = "
    (i32.store (i32.const 4096) (i32.load (local.get $scope)))
    (i32.store (i32.const 4100) (i32.load (i32.add (local.get $scope) (i32.const 4))))
    (i32.store (i32.const 4104) (i32.load (i32.add (local.get $scope) (i32.const 8))))
    (i32.store (i32.const 4204) (i32.const 4096))
    (i32.store (i32.const 4208) (i32.const 1))
    (i32.const 4200)";

/// Bytes as a string literal of the text format.
pub(crate) fn literal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:02x}")).collect()
}

/// One rule about everything, described as the contract lays it out in memory.
pub(crate) fn description(id: (u32, u32)) -> Vec<u8> {
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
pub(crate) fn guest_with(functions: &str, describe: &str, evaluate: &str) -> Vec<u8> {
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

pub(crate) fn guest(evaluate: &str) -> Vec<u8> {
    guest_with("", "", evaluate)
}

/// A policy that passes everything and then changes its answer in memory.
pub(crate) fn answers(changes: &str) -> Vec<u8> {
    guest(&answering(changes))
}

fn answering(changes: &str) -> String {
    format!("(drop (block (result i32) {PASS_ALL})) {changes} (i32.const {RESULT})")
}

/// Stores a word.
pub(crate) fn set(at: u32, value: u32) -> String {
    format!("(i32.store (i32.const {at}) (i32.const {value}))")
}

/// A policy whose only answer is one verdict on resource 0, and "passed" for resource 1.
pub(crate) fn one_verdict(changes: &str) -> Vec<u8> {
    one_verdict_with("", "", changes)
}

/// The same, with further definitions and a changed description.
pub(crate) fn one_verdict_with(functions: &str, describe: &str, changes: &str) -> Vec<u8> {
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
    let stores: String = words.iter().map(|(at, value)| set(*at, *value)).collect();
    // The passed list starts behind resource 0.
    let rest = format!(
        "(i32.store (i32.const {passed}) (i32.add (i32.load (i32.const {passed})) (i32.const 4)))
         (i32.store (i32.const {length}) (i32.const 1))",
        passed = ANSWER + 4,
        length = ANSWER + 8
    );
    guest_with(
        functions,
        describe,
        &answering(&format!("{rest} {stores} {changes}")),
    )
}

/// Describes an option called `rule` of this kind (0: text), whose default is `Words`.
pub(crate) fn with_option(kind: u32) -> String {
    const OPTION: u32 = 5000;
    const DEFAULT: u32 = 5100;
    let field = RULES + 16 + 84;
    let words = [
        (field, OPTION),
        (field + 4, 1),
        (OPTION, TEXTS + 5),
        (OPTION + 4, 4),
        (OPTION + 8, kind),
        (OPTION + 12, DEFAULT),
        (OPTION + 16, 1),
        (OPTION + 20, WORDS.0),
        (OPTION + 24, WORDS.1),
        (OPTION + 28, WORDS.0),
        (OPTION + 32, WORDS.1),
        (DEFAULT, WORDS.0),
        (DEFAULT + 4, WORDS.1),
    ];
    words.iter().map(|(at, value)| set(*at, *value)).collect()
}

/// The import through which a policy asks for an option.
pub(crate) const OPTION_OF: &str = r#"(import "gardefou:policy/settings@0.1.0" "option-of" (func $option (param i32 i32 i32 i32 i32)))"#;

/// Asks for the option of `with_option`, and says its first element in the message of the verdict.
pub(crate) fn says_option(kind: u32) -> Vec<u8> {
    one_verdict_with(OPTION_OF, &with_option(kind), &ask_option())
}

fn ask_option() -> String {
    let name = (TEXTS + 5, 4);
    format!(
        "(call $option (i32.const {}) (i32.const {}) (i32.const {}) (i32.const {}) (i32.const 256))
         (i32.store (i32.const {}) (i32.load (i32.load (i32.const 256))))
         (i32.store (i32.const {}) (i32.load offset=4 (i32.load (i32.const 256))))",
        ID.0,
        ID.1,
        name.0,
        name.1,
        VERDICT + 28,
        VERDICT + 32
    )
}

/// The policy of `says_option`, whose rule also names requirements.
pub(crate) fn says_option_and_requires(requirements: &[&str]) -> Vec<u8> {
    const LIST: u32 = 5200;
    let field = RULES + 16 + 60;
    let (mut data, mut at) = (String::new(), 9000);
    let mut describe = with_option(0) + &set(field, LIST);
    describe += &set(field + 4, requirements.len() as u32);
    for (id, slot) in requirements.iter().zip((LIST..).step_by(8)) {
        data += &format!(r#"(data (i32.const {at}) "{id}")"#);
        describe += &(set(slot, at) + &set(slot + 4, id.len() as u32));
        at += id.len() as u32;
    }
    one_verdict_with(&(OPTION_OF.to_owned() + &data), &describe, &ask_option())
}

/// A policy whose rule is called so.
pub(crate) fn named(id: &str) -> Vec<u8> {
    let data = format!(r#"(data (i32.const 9000) "{id}")"#);
    let renamed = set(RULES + 16, 9000) + &set(RULES + 20, id.len() as u32);
    guest_with(&data, &renamed, PASS_ALL)
}
