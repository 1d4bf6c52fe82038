//! The workshop as its users meet it: policies started, made of core modules, tried on cases and looked at; and the example
//! policies of `fixtures/policies` in three languages.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use gardefou::workshop::{Language, Name};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::support::{AS_OF, Run, gardefou, gardefou_in, root, run};

const LANGUAGES: [(&str, Language); 3] = [
    ("javascript", Language::JavaScript),
    ("python", Language::Python),
    ("rust", Language::Rust),
];

fn examples() -> PathBuf {
    root().join("fixtures/policies")
}

/// The component of an example, in the folder when it has to be decompressed.
fn component(language: &str, folder: &TempDir) -> PathBuf {
    let path = examples().join(language).join("house-policy.wasm");
    if path.is_file() {
        return path;
    }
    let compressed = fs::read(path.with_extension("wasm.zst")).expect("a component");
    let mut decoder = ruzstd::decoding::StreamingDecoder::new(&*compressed).expect("zstd");
    let mut bytes = Vec::new();
    decoder.read_to_end(&mut bytes).expect("all of it");
    let path = folder.path().join("house-policy.wasm");
    fs::write(&path, bytes).expect("written");
    path
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// `policy test` of an example through its committed component.
fn tried(language: &str) -> Run {
    let folder = folder();
    let component = component(language, &folder);
    let example = format!("fixtures/policies/{language}");
    let arguments = ["policy", "test", &example, "--policy", text(&component)];
    match std::env::var_os("GARDEFOU_TEST_BINARY") {
        Some(program) => run(assert_cmd::Command::new(program)
            .current_dir(root())
            .args(arguments)
            .env_clear()),
        None => gardefou(&arguments),
    }
}

fn all_pass(run: &Run) {
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout.contains("5 cases: 5 passed, 0 failed"),
        "{}",
        run.stdout
    );
}

#[test]
fn the_example_in_rust_passes_its_cases() {
    all_pass(&tried("rust"));
}

#[test]
fn the_example_in_javascript_passes_its_cases() {
    all_pass(&tried("javascript"));
}

/// Python's 18 MB keep a compiler that is not optimised busy for a minute.
#[test]
#[ignore = "slow without optimisation: .ci/run gives it the program that it released"]
fn the_example_in_python_passes_its_cases() {
    all_pass(&tried("python"));
}

#[test]
fn the_examples_are_what_the_templates_write() {
    let name: Name = "house/data-owner".parse().expect("a name");
    for (folder, language) in LANGUAGES {
        let left_out = |path: &str| {
            path.starts_with("wit/")
                || path.starts_with("vendor/")
                || path == "Cargo.lock"
                || path == ".gitignore"
        };
        let files = name.files(language).into_iter();
        for (path, text) in files.filter(|(path, _)| !left_out(path)) {
            let there = fs::read_to_string(examples().join(folder).join(&path));
            let there = there.unwrap_or_else(|error| panic!("{folder}/{path}: {error}"));
            assert!(
                there == text,
                "{folder}/{path} is not what `policy new` writes: run fixtures/policies/build.sh"
            );
        }
    }
}

#[test]
fn the_components_are_those_of_the_manifest() {
    let manifest = fs::read_to_string(examples().join("manifest.toml")).expect("a manifest");
    let manifest: toml::Table = manifest.parse().expect("TOML");
    let hash = |bytes: &[u8]| -> String {
        Sha256::digest(bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    };
    let contract = fs::read(root().join("wit/policy.wit")).expect("the contract");
    assert_eq!(
        manifest["contract"].as_str(),
        Some(&*hash(&contract)),
        "the contract changed: run fixtures/policies/build.sh"
    );
    for (language, _) in LANGUAGES {
        let folder = folder();
        let bytes = fs::read(component(language, &folder)).expect("a component");
        let entry = &manifest[language];
        assert_eq!(
            entry["component"].as_str(),
            Some(&*hash(&bytes)),
            "{language}"
        );
        assert_eq!(
            entry["bytes"].as_integer(),
            Some(bytes.len() as i64),
            "{language}"
        );
    }
}

#[test]
fn a_scan_takes_a_policy_beside_the_built_in_ones() {
    let folder = folder();
    fs::copy(
        examples().join("rust/rules/data-owner/cases/bad-nobody.tf"),
        folder.path().join("main.tf"),
    )
    .expect("a case");
    let component = examples().join("rust/house-policy.wasm");
    let arguments = [
        "scan",
        "--policy",
        text(&component),
        "--quiet",
        "--as-of",
        AS_OF,
    ];
    let run = gardefou_in(folder.path(), &arguments, &[]);
    assert!(
        run.stdout.contains(
            "main.tf:2:1: medium[house/data-owner]: scaleway_object_bucket.invoices names no owner"
        ),
        "{}{}",
        run.stdout,
        run.stderr
    );
    assert!(
        run.stdout.contains("classification/unclassified"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_policy_is_started_once() {
    let folder = folder();
    for (language, file) in [
        ("rust", "Cargo.toml"),
        ("javascript", "package.json"),
        ("python", "pyproject.toml"),
    ] {
        let arguments = [
            "policy",
            "new",
            "house/data-owner",
            "--language",
            language,
            "--dir",
            language,
        ];
        let run = gardefou_in(folder.path(), &arguments, &[]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(
            run.stdout.contains("gardefou policy test"),
            "{}",
            run.stdout
        );
        let made = folder.path().join(language);
        let before = fs::read_to_string(made.join(file)).expect("written");
        assert!(before.contains("house-policy"), "{before}");
        let run = gardefou_in(folder.path(), &arguments, &[]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""));
        assert!(
            run.stderr.contains("nothing is overwritten") && run.stderr.contains("--dir"),
            "{}",
            run.stderr
        );
    }
    assert!(
        folder
            .path()
            .join("rust/vendor/gardefou-sdk/src/lib.rs")
            .is_file()
    );
    let run = gardefou_in(folder.path(), &["policy", "new", "house/../../x"], &[]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("house/data-owner"), "{}", run.stderr);
    let run = gardefou_in(folder.path(), &["policy", "new", "other/rule"], &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(folder.path().join("other/src/rule.rs").is_file());
}

#[test]
fn what_is_missing_for_a_build_is_named_with_its_remedy() {
    let folder = folder();
    for (language, missing) in [
        ("rust", "Rust"),
        ("javascript", "npm install"),
        ("python", "componentize-py=="),
    ] {
        let arguments = [
            "policy",
            "new",
            "house/data-owner",
            "--language",
            language,
            "--dir",
            language,
        ];
        assert_eq!(gardefou_in(folder.path(), &arguments, &[]).code, 0);
        // A compiler that is none, and no other program on the path.
        let nothing = [("GARDEFOU_GUEST_RUSTC", "no-such-compiler"), ("PATH", "")];
        let run = gardefou_in(folder.path(), &["policy", "build", language], &nothing);
        assert_eq!(run.code, 2, "{}", run.stdout);
        assert!(run.stderr.contains("help:"), "{}", run.stderr);
        let named = language == "rust" || run.stderr.contains(missing);
        assert!(named, "{}", run.stderr);
    }
    let run = gardefou_in(folder.path(), &["policy", "build"], &[]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("gardefou policy new"), "{}", run.stderr);
}

#[test]
fn cases_fail_by_place_and_are_rewritten_when_asked() {
    let folder = folder();
    let cases = folder.path().join("rules/data-owner/cases");
    fs::create_dir_all(&cases).expect("a folder");
    let wrong = "resource \"aws_s3_bucket\" \"a\" {\r\n  bucket = \"a\" # expect: house/data-owner, other/rule\r\n}\r\n";
    fs::write(cases.join("bad-place.tf"), wrong).expect("written");
    let component = examples().join("rust/house-policy.wasm");
    let run = |more: &[&str]| {
        let mut arguments = vec!["policy", "test", ".", "--policy", text(&component)];
        arguments.extend(more);
        gardefou_in(folder.path(), &arguments, &[])
    };
    let failed = run(&[]);
    assert_eq!(failed.code, 1, "{}", failed.stderr);
    for part in [
        "FAIL  bad-place.tf",
        "bad-place.tf:2  a violation is expected",
        "bad-place.tf:1  a violation that is not expected: aws_s3_bucket.a names no owner",
        "1 case: 0 passed, 1 failed",
    ] {
        assert!(failed.stdout.contains(part), "{part}: {}", failed.stdout);
    }
    let updated = run(&["--update"]);
    assert_eq!(updated.code, 0, "{}", updated.stdout);
    assert!(
        updated
            .stdout
            .contains("+ resource \"aws_s3_bucket\" \"a\" { # expect: house/data-owner"),
        "{}",
        updated.stdout
    );
    assert_eq!(
        fs::read_to_string(cases.join("bad-place.tf")).expect("there"),
        "resource \"aws_s3_bucket\" \"a\" { # expect: house/data-owner\r\n  bucket = \"a\" # expect: other/rule\r\n}\r\n"
    );
    assert_eq!(run(&[]).code, 0);
    // Where code cannot be read is said as well.
    let broken = cases.join("bad-syntax.tf");
    fs::write(&broken, "\nresource {\n}\n").expect("written");
    let unread = run(&[]);
    assert_eq!(unread.code, 1, "{}", unread.stdout);
    assert!(
        unread.stdout.contains("bad-syntax.tf:2  `resource` needs"),
        "{}",
        unread.stdout
    );
    fs::remove_file(broken).expect("removed");
    fs::create_dir_all(folder.path().join("rules/data-owners/cases")).expect("a folder");
    let slip = run(&[]);
    assert_eq!(slip.code, 2, "{}", slip.stdout);
    assert!(
        slip.stderr.contains("did you mean `data-owner`?"),
        "{}",
        slip.stderr
    );
}

#[test]
fn a_mark_that_would_change_the_code_is_not_written() {
    let folder = folder();
    let cases = folder.path().join("rules/data-owner/cases");
    fs::create_dir_all(&cases).expect("a folder");
    let json = r#"{ "resource": { "aws_s3_bucket": { "a": { "bucket": "a" } } } }"#;
    fs::write(cases.join("bad-json.tf.json"), json).expect("written");
    let component = examples().join("rust/house-policy.wasm");
    let arguments = ["policy", "test", "--update", "--policy", text(&component)];
    let run = gardefou_in(folder.path(), &arguments, &[]);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("nothing was changed"), "{}", run.stdout);
    assert_eq!(
        fs::read_to_string(cases.join("bad-json.tf.json")).expect("there"),
        json
    );
}

#[test]
fn inspect_shows_what_a_policy_is() {
    let file = "fixtures/policies/rust/house-policy.wasm";
    let run = gardefou(&["policy", "inspect", file, "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(document["kind"], "component");
    assert_eq!(
        document["contracts"],
        serde_json::json!(["gardefou:policy@0.1.0"])
    );
    assert_eq!(document["problem"], serde_json::Value::Null);
    let rule = &document["rules"][0];
    assert_eq!(rule["id"], "house/data-owner");
    assert_eq!(rule["classes"], serde_json::json!(["holds-data"]));
    assert_eq!(
        rule["options"][0]["default"],
        serde_json::json!(["owner", "proprietaire"])
    );
    let imports = document["imports"].as_array().expect("a list");
    let ours = |import: &serde_json::Value| {
        import
            .as_str()
            .is_some_and(|name| name.starts_with("gardefou:policy/"))
    };
    assert!(
        !imports.is_empty() && imports.iter().all(ours),
        "{imports:?}"
    );
    let run = gardefou(&["policy", "inspect", file, "--verbose", "--lang", "fr"]);
    for part in [
        "house/data-owner",
        "sha256",
        "64 Mio",
        "## Pourquoi",
        "liste de textes, par défaut : owner, proprietaire",
    ] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
}

/// A core module by hand: one rule about everything, passed for all. `more` stands behind the memory, `evaluate` in the
/// function. The layout is that of the contract's binary interface.
fn core_module(imports: &str, evaluate: &str) -> Vec<u8> {
    let word = |value: u32| value.to_le_bytes();
    let (id, words) = ([8192, 9], [8201, 5]);
    let mut rule: Vec<u32> = Vec::new();
    rule.extend(id);
    rule.extend([words; 6].concat()); // title, help, doc in two languages
    rule.push(2); // severity
    rule.extend([0; 2]); // requirements
    rule.push(0); // classes
    rule.extend([0; 2]); // kinds
    rule.push(0); // min-level
    rule.extend([0; 2]); // options
    rule.extend(words); // since
    let bytes = [1032, 1].into_iter().chain(rule).flat_map(word);
    let literal: String = bytes.map(|byte| format!("\\{byte:02x}")).collect();
    let module = format!(
        r#"(module
            {imports}
            (memory (export "memory") 4)
            (data (i32.const 1024) "{literal}")
            (data (i32.const 8192) "test/ruleWords")
            (global $heap (mut i32) (i32.const 65536))
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                (local $at i32)
                (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
                (global.set $heap (i32.add (local.get $at) (local.get 3)))
                (local.get $at))
            (func (export "describe") (result i32) (i32.const 1024))
            (func (export "evaluate") (param $scope i32) (param i32) (result i32)
                {evaluate}
                (i32.store (i32.const 4096) (i32.load (local.get $scope)))
                (i32.store (i32.const 4100) (i32.load (i32.add (local.get $scope) (i32.const 4))))
                (i32.store (i32.const 4104) (i32.load (i32.add (local.get $scope) (i32.const 8))))
                (i32.store (i32.const 4204) (i32.const 4096))
                (i32.store (i32.const 4208) (i32.const 1))
                (i32.const 4200)))"#
    );
    wat::parse_str(&module).expect("the text format")
}

/// Builds a core module in a folder; answers how that went, and how a scan with the component goes.
fn built(module: &[u8]) -> (Run, Option<Run>) {
    let folder = folder();
    fs::write(folder.path().join("policy.wasm"), module).expect("written");
    fs::write(
        folder.path().join("main.tf"),
        "resource \"aws_vpc\" \"main\" {\n  cidr_block = \"10.0.0.0/16\"\n}\n",
    )
    .expect("written");
    let build = gardefou_in(folder.path(), &["policy", "build", "policy.wasm"], &[]);
    if build.code != 0 {
        assert!(
            !folder.path().join("policy.component.wasm").exists(),
            "nothing is left behind"
        );
        return (build, None);
    }
    let arguments = [
        "scan",
        "--policy",
        "policy.component.wasm",
        "--as-of",
        AS_OF,
    ];
    let scan = gardefou_in(folder.path(), &arguments, &[]);
    (build, Some(scan))
}

#[test]
fn a_core_module_of_any_language_becomes_a_policy() {
    // An import of the contract beside one of WASI: the calls still meet their own function.
    let imports = r#"
        (import "wasi_snapshot_preview1" "fd_write" (func $print (param i32 i32 i32 i32) (result i32)))
        (import "gardefou:policy/settings@0.1.0" "multi-tenant" (func $multi (result i32)))
        (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
        (import "wasi_snapshot_preview1" "args_sizes_get" (func $arguments (param i32 i32) (result i32)))"#;
    let evaluate = "
        (i32.store (i32.const 5000) (i32.const 7))
        (if (i32.or (call $clock (i32.const 0) (i64.const 0) (i32.const 5008)) (call $arguments (i32.const 5000) (i32.const 5004)))
            (then unreachable))
        (if (i64.eqz (i64.load (i32.const 5008))) (then unreachable))
        (if (i32.load (i32.const 5000)) (then unreachable))
        (if (call $multi) (then unreachable))";
    let (build, scan) = built(&core_module(imports, evaluate));
    assert_eq!(build.code, 0, "{}", build.stderr);
    assert!(
        build.stdout.contains("policy.component.wasm") && build.stdout.contains("test/rule"),
        "{}",
        build.stdout
    );
    assert!(
        build
            .stderr
            .contains("calling these stops the policy: fd_write"),
        "{}",
        build.stderr
    );
    assert!(
        build
            .stderr
            .contains("nothing to tell: clock_time_get, args_sizes_get"),
        "{}",
        build.stderr
    );
    let scan = scan.expect("a scan");
    assert_eq!(scan.code, 0, "{}{}", scan.stdout, scan.stderr);
}

#[test]
fn a_policy_that_uses_wasi_after_all_stops_there() {
    let imports = r#"
        (import "wasi_snapshot_preview1" "fd_write" (func $print (param i32 i32 i32 i32) (result i32)))
        (import "wasi:cli/environment@0.2.0" "get-environment" (func (param i32)))"#;
    let evaluate = "(drop (call $print (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0)))";
    let (build, scan) = built(&core_module(imports, evaluate));
    assert_eq!(build.code, 0, "{}", build.stderr);
    assert!(
        build.stderr.contains("fd_write, get-environment"),
        "{}",
        build.stderr
    );
    let scan = scan.expect("a scan");
    assert_eq!(scan.code, 2, "{}{}", scan.stdout, scan.stderr);
    assert!(
        scan.stdout.contains("stopped by itself"),
        "{}{}",
        scan.stdout,
        scan.stderr
    );
}

#[test]
fn what_cannot_be_a_policy_is_refused_by_name() {
    let of = |text: &str| wat::parse_str(text).expect("the text format");
    let foreign = core_module(
        r#"(import "env" "emscripten_notify" (func (param i32)))"#,
        "",
    );
    let other = core_module(
        r#"(import "gardefou:policy/graph@0.1.0" "no-such-fact" (func (param i32) (result i32)))"#,
        "",
    );
    let cases = [
        (of("(module)"), "does not export `describe`"),
        (of("(component)"), "is a component already"),
        (b"hello".to_vec(), "is no WebAssembly module"),
        (of("(module)")[..6].to_vec(), "is no WebAssembly module"),
        (foreign, "imports `env::emscripten_notify`"),
        (other, "does not fit the contract"),
    ];
    for (module, words) in cases {
        let (build, _) = built(&module);
        assert_eq!((build.code, build.stdout.as_str()), (2, ""), "{words}");
        assert!(
            build.stderr.contains(words) && build.stderr.contains("help:"),
            "{words}: {}",
            build.stderr
        );
    }
}

#[test]
fn inspect_says_what_is_wrong_with_a_file() {
    let folder = folder();
    let wasi = wat::parse_str(r#"(component (import "wasi:cli/environment@0.2.0" (instance)))"#)
        .expect("text");
    fs::write(folder.path().join("wasi.wasm"), wasi).expect("written");
    fs::write(folder.path().join("core.wasm"), core_module("", "")).expect("written");
    fs::write(folder.path().join("text.wasm"), "hello").expect("written");
    for (file, shown, wrong) in [
        ("wasi.wasm", "wasi:cli/environment@0.2.0", "imports WASI"),
        ("core.wasm", "core module", "gardefou policy build"),
        ("text.wasm", "no WebAssembly", "is no WebAssembly component"),
    ] {
        let run = gardefou_in(folder.path(), &["policy", "inspect", file], &[]);
        assert_eq!(run.code, 2, "{file}");
        assert!(run.stdout.contains(shown), "{file}: {}", run.stdout);
        assert!(run.stderr.contains(wrong), "{file}: {}", run.stderr);
    }
    let run = gardefou_in(folder.path(), &["policy", "inspect", "none.wasm"], &[]);
    assert_eq!(run.code, 2, "{}", run.stdout);
}

#[test]
fn help_of_the_workshop_teaches() {
    for command in ["new", "build", "test", "inspect", "lock"] {
        let run = gardefou(&["policy", command, "--help"]);
        assert_eq!(run.code, 0, "{command}");
        for part in ["Examples:", "gardefou policy"] {
            assert!(run.stdout.contains(part), "{command}: {}", run.stdout);
        }
    }
}
