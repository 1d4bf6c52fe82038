//! What a policy may answer: its description and its answers are a piece of memory, laid out well or badly. Nothing of it ends
//! the program, and a wrong answer is an error, never a pass.

use std::path::Path;
use std::sync::OnceLock;

use arbitrary::{Result, Unstructured};
use gardefou::policy::{Engine, Limits};
use gardefou::problem::Weight;
use gardefou::scan::{self, Scan};

use crate::folder::{folder, hold, request};
use crate::report::read_back_one;

/// Bytes that the guest has to describe itself and to answer.
const SIZE: usize = 16 << 10;
/// Where they lie in its memory.
const BASE: u32 = 4096;
/// Where the host may put what it hands over.
const HEAP: u32 = 32 << 10;

/// Resources with the ids 0 to 3: two of them are of one kind.
const CODE: &str = r#"provider "aws" {
  region = "us-east-1"
}
resource "aws_db_instance" "d" {}
resource "aws_kms_key" "k" {}
resource "aws_s3_bucket" "a" {
  tags = { data-classification = "health" }
}
resource "aws_s3_bucket" "b" {}
"#;

/// What rules can ask about, with the ids of what is asked then.
const SCOPES: [(&[&str], &[u32]); 5] = [
    (&[], &[0, 1, 2, 3]),
    (&["aws_s3_bucket"], &[2, 3]),
    (&["aws_*"], &[0, 1, 2, 3]),
    (&["aws_kms_key", "aws_db_instance"], &[0, 1]),
    (&["azurerm_*"], &[]),
];

/// Runs a policy whose memory is made from the input.
pub fn answers(data: &[u8]) {
    let mut data = Unstructured::new(data);
    let Ok(memory) = memory(&mut data) else {
        return;
    };
    let (template, at) = template();
    let mut guest = template.clone();
    guest[*at..*at + SIZE].copy_from_slice(&memory);
    let mut engine = Engine::empty(Limits {
        verdicts: 50,
        ..Limits::default()
    });
    if let Err(problem) = engine.load_bytes(&guest, "guest.wasm") {
        assert_eq!(problem.weight, Weight::Error);
        return;
    }
    let described = engine.rules().len();
    let scan = scan::run(&request(estate()), &engine);
    hold(&scan);
    let failed = !scan.evaluation.problems.is_empty();
    let judged = scan.evaluation.judgements.len();
    assert_eq!(judged, if failed { 0 } else { described });
    listed(&scan);
    let sum = memory.iter().map(|byte| usize::from(*byte)).sum();
    read_back_one(&scan, sum);
}

/// Every verdict is a finding with all that it says.
fn listed(scan: &Scan) {
    let limits = Limits::default();
    for judgement in &scan.evaluation.judgements {
        for verdict in &judgement.verdicts {
            let of = scan.findings.iter();
            let mut of =
                of.filter(|one| *one.rule == *judgement.rule.id && one.on == Some(verdict.on));
            assert!(
                of.any(|one| one.message == verdict.message),
                "{}: {verdict:?} is no finding",
                judgement.rule.id
            );
            assert!(!verdict.message.en.is_empty() && verdict.message.en.len() <= limits.message);
            for id in &verdict.evidence {
                assert!(scan.evaluation.evidence(&scan.facts, *id).is_some());
            }
            for id in &verdict.related {
                assert!(scan.graph.get(*id).is_some());
            }
        }
    }
}

/// The estate that the policy is asked about; written once.
fn estate() -> &'static Path {
    static ESTATE: OnceLock<&Path> = OnceLock::new();
    ESTATE.get_or_init(|| folder([("main.tf", CODE)]))
}

/// A component that describes itself and answers with what is in its memory, and where that stands in its bytes.
fn template() -> &'static (Vec<u8>, usize) {
    static TEMPLATE: OnceLock<(Vec<u8>, usize)> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let mark: String = (0..SIZE)
            .map(|at| char::from(b'a' + (at * at % 23) as u8))
            .collect();
        let mut module = module(mark.as_bytes());
        let mut resolve = wit_parser::Resolve::default();
        let contract = include_str!("../../wit/policy.wit");
        let package = resolve
            .push_str("policy.wit", contract)
            .expect("the contract");
        let world = resolve
            .select_world(&[package], Some("policy"))
            .expect("its world");
        let encoding = wit_component::StringEncoding::UTF8;
        wit_component::embed_component_metadata(&mut module, &resolve, world, encoding)
            .expect("metadata");
        let encoder = wit_component::ComponentEncoder::default();
        let component = encoder
            .module(&module)
            .and_then(|mut encoder| encoder.encode());
        let component = component.expect("a component");
        let mut windows = component.windows(SIZE);
        let at = windows
            .position(|bytes| bytes == mark.as_bytes())
            .expect("its data");
        (component, at)
    })
}

/// The core of it: three functions, and a memory with these bytes.
fn module(memory: &[u8]) -> Vec<u8> {
    use wasm_encoder::*;
    const I32: ValType = ValType::I32;
    let mut types = TypeSection::new();
    types.ty().function([I32; 4], [I32]);
    types.ty().function([], [I32]);
    types.ty().function([I32; 2], [I32]);
    let mut functions = FunctionSection::new();
    functions.function(0).function(1).function(2);
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut globals = GlobalSection::new();
    let heap = GlobalType {
        val_type: I32,
        mutable: true,
        shared: false,
    };
    globals.global(heap, &ConstExpr::i32_const(HEAP as i32));
    let mut exports = ExportSection::new();
    exports.export("memory", ExportKind::Memory, 0);
    for (at, name) in ["cabi_realloc", "describe", "evaluate"].iter().enumerate() {
        exports.export(name, ExportKind::Func, at as u32);
    }
    // The next free place, at a multiple of eight.
    let mut realloc = Function::new([(1, I32)]);
    let mut body = realloc.instructions();
    body.global_get(0)
        .i32_const(7)
        .i32_add()
        .i32_const(-8)
        .i32_and();
    body.local_tee(4).local_get(3).i32_add().global_set(0);
    body.local_get(4).end();
    let mut code = CodeSection::new();
    code.function(&realloc);
    for at in [BASE, BASE + ANSWERS] {
        let mut says = Function::new([]);
        says.instructions().i32_const(at as i32).end();
        code.function(&says);
    }
    let mut data = DataSection::new();
    data.active(
        0,
        &ConstExpr::i32_const(BASE as i32),
        memory.iter().copied(),
    );
    let mut module = Module::new();
    module
        .section(&types)
        .section(&functions)
        .section(&memories);
    module
        .section(&globals)
        .section(&exports)
        .section(&code)
        .section(&data);
    module.finish()
}

/// Where the answer stands behind the description.
const ANSWERS: u32 = 8;

/// What the policy says, as the contract lays it out in memory; some bytes of it changed.
fn memory(data: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut memory = Memory { bytes: vec![0; 20] };
    let rules: Vec<&(&[&str], &[u32])> = (0..data.int_in_range(1..=3)?)
        .map(|_| data.choose(&SCOPES))
        .collect::<Result<_>>()?;
    let mut described = Vec::new();
    for (at, (kinds, _)) in rules.iter().enumerate() {
        described.extend(rule(at, kinds, data, &mut memory)?);
    }
    let mut answered = Vec::new();
    let mut count = 0;
    for (at, (_, scope)) in rules.iter().enumerate() {
        if !scope.is_empty() && !data.ratio(1, 20)? {
            answered.extend(answer(at as u32, scope, data, &mut memory)?);
            count += 1;
        }
    }
    let described = memory.put(&described);
    let answered = memory.put(&answered);
    memory.set(0, &[described, rules.len() as u32]);
    if data.ratio(1, 30)? {
        let said = memory.text(data)?;
        memory.set(ANSWERS, &[1, said[0], said[1]]);
    } else {
        memory.set(ANSWERS, &[0, answered, count]);
    }
    let mut bytes = memory.bytes;
    bytes.resize(SIZE, 0);
    // Words that are not as they should be.
    for _ in 0..data.int_in_range(0..=8)?.max(5) - 5 {
        let at = data.choose_index(SIZE / 4)? * 4;
        let word: u32 = data.arbitrary()?;
        bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
    }
    Ok(bytes)
}

/// A description: 25 words.
fn rule(
    at: usize,
    kinds: &[&str],
    data: &mut Unstructured<'_>,
    memory: &mut Memory,
) -> Result<Vec<u32>> {
    let id = match data.ratio(1, 20)? {
        true => memory.text(data)?,
        false => memory.bytes_of(format!("test/rule-{at}").as_bytes()),
    };
    let mut words = id.to_vec();
    for _ in 0..6 {
        words.extend(memory.words(data)?);
    }
    words.push(data.int_in_range(0..=4)?);
    let mut requirements = Vec::new();
    for _ in 0..data.int_in_range(0..=2)? {
        requirements.extend(match data.ratio(1, 8)? {
            true => memory.text(data)?,
            false => memory.bytes_of(b"SNC-LOC-001"),
        });
    }
    words.extend(memory.list(&requirements, 2));
    // No classes.
    words.push(0);
    let mut named = Vec::new();
    for kind in kinds {
        named.extend(memory.bytes_of(kind.as_bytes()));
    }
    words.extend(memory.list(&named, 2));
    // No least level.
    words.push(0);
    let mut options = Vec::new();
    for _ in 0..data.int_in_range(0..=5)?.max(3) - 3 {
        options.extend(match data.ratio(1, 2)? {
            true => memory.text(data)?,
            false => memory.bytes_of(b"days"),
        });
        options.push(data.int_in_range(0..=3)?);
        let default = memory.text(data)?;
        options.extend(memory.list(&default, 2));
        options.extend(memory.words(data)?);
        options.extend(memory.words(data)?);
    }
    words.extend(memory.list(&options, 9));
    words.extend(memory.words(data)?);
    Ok(words)
}

/// An answer: seven words.
fn answer(
    rule: u32,
    scope: &[u32],
    data: &mut Unstructured<'_>,
    memory: &mut Memory,
) -> Result<Vec<u32>> {
    let (mut passed, mut not_applicable, mut verdicts) = (Vec::new(), Vec::new(), Vec::new());
    for id in scope {
        match data.int_in_range(0..=40)? {
            0..=9 => passed.push(*id),
            10..=19 => not_applicable.push(*id),
            20 => {}
            21 => passed.extend([*id, *id]),
            22 => passed.push(data.arbitrary()?),
            23..=34 => verdicts.extend(verdict(*id, data, memory)?),
            _ => {
                for _ in 0..data.int_in_range(2..=4)? {
                    verdicts.extend(verdict(*id, data, memory)?);
                }
            }
        }
    }
    let rule = if data.ratio(1, 40)? {
        data.arbitrary()?
    } else {
        rule
    };
    let mut words = vec![rule];
    words.extend(memory.list(&passed, 1));
    words.extend(memory.list(&not_applicable, 1));
    words.extend(memory.list(&verdicts, 19));
    Ok(words)
}

/// A verdict: 19 words.
fn verdict(on: u32, data: &mut Unstructured<'_>, memory: &mut Memory) -> Result<Vec<u32>> {
    let mut words = vec![on];
    match data.ratio(1, 3)? {
        true => {
            words.push(1);
            words.extend(memory.words(data)?);
            words.extend(memory.words(data)?);
        }
        false => words.extend([0; 5]),
    }
    // Some severity, or none.
    let severity: u32 = data.int_in_range(0..=4)?;
    words.push(if data.arbitrary()? {
        1 | severity << 8
    } else {
        0
    });
    words.extend(memory.words(data)?);
    words.extend(memory.words(data)?);
    words.extend(memory.text(data)?);
    for most in [200, 6] {
        let mut ids = Vec::new();
        for _ in 0..data.int_in_range(0..=3)? {
            ids.push(data.int_in_range(0..=most)? / 2);
        }
        words.extend(memory.list(&ids, 1));
    }
    let requirement = match data.int_in_range(0..=9)? {
        0 => memory.text(data)?.to_vec(),
        1 | 2 => memory.bytes_of(b"SNC-LOC-001").to_vec(),
        _ => Vec::new(),
    };
    words.extend(memory.list(&requirement, 2));
    Ok(words)
}

/// Memory of the guest, filled from the front.
struct Memory {
    bytes: Vec<u8>,
}

impl Memory {
    fn set(&mut self, at: u32, words: &[u32]) {
        for (slot, word) in self.bytes[at as usize..].chunks_exact_mut(4).zip(words) {
            slot.copy_from_slice(&word.to_le_bytes());
        }
    }

    /// Words at the next place; nothing is put where there is no room.
    fn put(&mut self, words: &[u32]) -> u32 {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        let at = self.bytes.len();
        let room = SIZE.saturating_sub(at) / 4;
        let words = words.iter().take(room);
        self.bytes.extend(words.flat_map(|word| word.to_le_bytes()));
        BASE + at as u32
    }

    /// A list of elements of so many words.
    fn list(&mut self, words: &[u32], size: usize) -> [u32; 2] {
        [self.put(words), (words.len() / size) as u32]
    }

    fn bytes_of(&mut self, text: &[u8]) -> [u32; 2] {
        let at = self.bytes.len();
        let room = SIZE.saturating_sub(at).min(text.len());
        self.bytes.extend(&text[..room]);
        [BASE + at as u32, room as u32]
    }

    /// Any text, mostly of characters that mean something to somebody.
    fn text(&mut self, data: &mut Unstructured<'_>) -> Result<[u32; 2]> {
        const PIECES: [&str; 16] = [
            "\u{1b}[2J",
            "\u{202e}",
            "\n::error::x",
            "<script>",
            "`",
            "](x)",
            "%0A",
            "\u{0}",
            "\"",
            "]]>",
            "a/b",
            "tags",
            "é",
            "bucket[0]",
            "\r\n",
            "@all",
        ];
        let mut text = Vec::new();
        for _ in 0..data.int_in_range(0..=4)? {
            match data.arbitrary()? {
                true => text.extend(data.choose(&PIECES)?.bytes()),
                false => text.extend(data.bytes(2)?),
            }
        }
        Ok(self.bytes_of(&text))
    }

    /// A text that is there.
    fn words(&mut self, data: &mut Unstructured<'_>) -> Result<[u32; 2]> {
        match data.ratio(1, 4)? {
            true => self.text(data),
            false => Ok(self.bytes_of(b"Words")),
        }
    }
}
