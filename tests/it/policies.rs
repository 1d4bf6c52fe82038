//! Policies of users through the program: what is refused, what is named by a configuration, pinned, cached and told.

use std::fs;
use std::path::{Path, PathBuf};

use crate::guest::{
    HEAP, PASS_ALL, VERDICT, guest, guest_with, named, one_verdict, says_option,
    says_option_and_requires, set,
};
use crate::support::{AS_OF, Run, gardefou_in, root};

const CODE: &str = "resource \"aws_s3_bucket\" \"a\" {\n  region = \"eu-west-3\"\n}\nresource \"aws_s3_bucket\" \"b\" {\n  region = \"eu-west-3\"\n}\n";

/// Two buckets in a folder of their own.
pub(crate) struct Estate {
    _folder: tempfile::TempDir,
    pub(crate) path: PathBuf,
}

impl Estate {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().canonicalize().expect("a path");
        let this = Self {
            _folder: folder,
            path,
        };
        this.write("main.tf", CODE);
        this
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, content).expect("a file");
    }

    pub(crate) fn scan(&self, more: &[&str], environment: &[(&str, &str)]) -> Run {
        let mut arguments = vec!["scan", ".", "--as-of", AS_OF];
        arguments.extend(more);
        gardefou_in(&self.path, &arguments, environment)
    }

    /// Exit status, rules that found something, and problems.
    pub(crate) fn judged(&self, more: &[&str]) -> (i32, Vec<String>, Vec<String>) {
        let mut arguments = vec!["--format", "json"];
        arguments.extend(more);
        let run = self.scan(&arguments, &[]);
        let report: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
        let texts = |list: &str, key: &str| {
            let all = report[list].as_array().expect("a list").iter();
            all.map(|one| one[key].as_str().expect("a text").to_owned())
                .collect::<Vec<_>>()
        };
        (
            run.code,
            texts("findings", "rule"),
            texts("problems", "message"),
        )
    }
}

/// Makes native code, as a cache or an attacker would have it.
fn native_code() -> Vec<u8> {
    let mut config = wasmtime::Config::new();
    config.strategy(wasmtime::Strategy::Winch);
    let engine = wasmtime::Engine::new(&config).expect("a compiler");
    engine
        .precompile_component(&guest(PASS_ALL))
        .expect("native code")
}

#[test]
fn what_a_policy_can_do_wrong_is_one_clear_error_and_status_2() {
    let importing = |name: &str| {
        wat::parse_str(format!(r#"(component (import "{name}" (instance)))"#)).expect("a component")
    };
    let good = guest(PASS_ALL);
    let megabyte = "(drop (memory.grow (i32.const 32)))".to_owned()
        + &set(VERDICT + 28, HEAP)
        + &set(VERDICT + 32, 1 << 20);
    let deep =
        "(func $down (param i32) (result i32) (i32.add (call $down (local.get 0)) (i32.const 1)))";
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"package policy".to_vec(), "is no WebAssembly component"),
        (good[..good.len() / 2].to_vec(), "is no valid component"),
        (native_code(), "is native code, compiled already"),
        (importing("wasi:cli/environment@0.2.6"), "imports WASI"),
        (
            importing("gardefou:policy/graph@0.9.0"),
            "is for a newer contract, gardefou:policy@0.9.0",
        ),
        (
            importing("gardefou:policy/graph@0.0.1"),
            "is for an older contract, gardefou:policy@0.0.1",
        ),
        (
            wat::parse_str("(component)").expect("a component"),
            "does not export `describe`",
        ),
        (
            named("residency/outside-area"),
            "has rule residency/outside-area, which residency has already",
        ),
        (
            guest_with("", "(unreachable)", PASS_ALL),
            "stopped by itself",
        ),
        (guest("(loop $on (br $on)) (unreachable)"), "units of fuel"),
        (
            guest("(loop $on (drop (memory.grow (i32.const 16))) (br $on)) (unreachable)"),
            "MiB of memory",
        ),
        (guest_with(deep, "", "(call $down (i32.const 0))"), "stack"),
        (one_verdict(&megabyte), "too long a one"),
        (
            one_verdict(&set(VERDICT, 99)),
            "speaks of a resource number 99, which was not asked",
        ),
        (
            one_verdict(&set(VERDICT, 1)),
            "answers twice for aws_s3_bucket.b",
        ),
        (
            one_verdict(&set(crate::guest::TEXTS + 9, 0xffff_ffff)),
            "utf-8",
        ),
    ];
    let estate = Estate::new();
    let (_, without, _) = estate.judged(&[]);
    for (bytes, expected) in cases {
        estate.write("acme.wasm", bytes);
        let (code, findings, problems) = estate.judged(&["--policy", "acme.wasm"]);
        assert_eq!(code, 2, "{expected}");
        assert_eq!(problems.len(), 1, "{expected}: {problems:?}");
        assert!(
            problems[0].starts_with("policy acme.wasm") && problems[0].contains(expected),
            "{expected}: {problems:?}"
        );
        assert_eq!(findings, without, "{expected}: the others go on");
    }
}

#[test]
fn a_configuration_names_policies_and_their_options() {
    let estate = Estate::new();
    estate.write("policies/acme.wasm", says_option(0));
    let config = |more: &str| {
        let text = format!("[policies]\npaths = [\"policies\"]\n{more}");
        estate.write("gardefou.toml", text);
    };
    config(
        "[rules]\n\"test/rule\" = { severity = \"critical\", options = { rule = \"chosen\" } }\n",
    );
    let run = estate.scan(&["--fail-on", "critical"], &[]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.contains("chosen"), "{}", run.stdout);

    config("[rules.\"test/rule\".options]\nrul = \"chosen\"\n");
    let run = estate.scan(&[], &[]);
    assert_eq!(run.code, 2);
    for part in [
        "has no option \"rul\"",
        "gardefou.toml:4",
        "did you mean \"rule\"?",
    ] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    config("[rules]\n\"test/rule\" = \"off\"\n");
    let (_, findings, problems) = estate.judged(&[]);
    assert!(!findings.contains(&"test/rule".to_owned()) && problems.is_empty());

    let run = gardefou_in(&estate.path, &["rules"], &[]);
    assert!(run.stdout.contains("test/rule"), "{}", run.stderr);
    estate.write("gardefou.toml", "[policies]\npaths = [\"../x.wasm\"]\n");
    let run = estate.scan(&[], &[]);
    assert_eq!(run.code, 2);
    assert!(run.stdout.contains("gardefou.toml:2"), "{}", run.stdout);
}

#[test]
fn a_configuration_named_by_its_bare_name_is_bound_to_its_folder() {
    let estate = Estate::new();
    estate.write("outside.wasm", named("acme/naming"));
    estate.write("infra/main.tf", CODE);
    estate.write("infra/other.toml", "[policies]\npaths = [\"../outside.wasm\"]\n[[waiver]]\nrule = \"classification/unclassified\"\nmatch = [\"main.tf\"]\nreason = \"a test\"\nby = \"RSSI\"\nuntil = 2027-01-31\n");
    let run = gardefou_in(
        &estate.path.join("infra"),
        &["scan", ".", "--as-of", AS_OF, "--config", "other.toml"],
        &[],
    );
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stdout.contains("lies outside"), "{}", run.stdout);
    assert!(!run.stdout.contains("waiver/unused"), "{}", run.stdout);
}

#[test]
fn a_policy_of_others_can_do_what_the_built_in_ones_can() {
    let estate = Estate::new();
    // A requirement of nobody's framework but theirs, and one of the catalogue.
    let requirements = ["ACME-NAM-001", "GDP-LOC-001"];
    estate.write("acme.wasm", says_option_and_requires(&requirements));
    let with = |more: &str| {
        let text = format!(
            "[policies]\npaths = [\"acme.wasm\"]\n[rules.\"test/rule\"]\nseverity = \"critical\"\n[rules.\"test/rule\".options]\nrule = \"chosen\"\n{more}"
        );
        estate.write("gardefou.toml", text);
    };
    let ours = |run: &Run| -> (serde_json::Value, serde_json::Value) {
        let report: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
        let findings = report["findings"].as_array().expect("a list").clone();
        let mut found = findings
            .into_iter()
            .filter(|one| one["rule"] == "test/rule");
        (found.next().expect("a finding"), report)
    };
    with("");
    let run = estate.scan(&["--format", "json"], &[]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let (finding, report) = ours(&run);
    assert_eq!(report["problems"], serde_json::json!([]));
    assert_eq!(finding["severity"], "critical");
    assert_eq!(finding["message"], "chosen");
    assert_eq!(finding["requirements"], serde_json::json!(requirements));
    let schema = fs::read_to_string(root().join("docs/schema/scan.schema.json"));
    let schema = serde_json::from_str(&schema.expect("the schema")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> = validator
        .iter_errors(&report)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    let known = report["requirements"].to_string();
    assert!(known.contains("GDP-LOC-001") && !known.contains("ACME-NAM-001"));

    with(
        "[[waiver]]\nrule = \"test/rule\"\nmatch = [\"aws_s3_bucket.a\"]\nreason = \"until the new name\"\nby = \"RSSI\"\nuntil = 2027-01-31\n",
    );
    let (waived, report) = ours(&estate.scan(&["--format", "json"], &[]));
    assert_eq!(waived["waived"]["reason"], "until the new name");
    assert_eq!(waived["fingerprint"], finding["fingerprint"]);
    let rules: Vec<&serde_json::Value> = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["rule"])
        .collect();
    assert!(
        !rules.iter().any(|rule| *rule == "waiver/unused"),
        "{rules:?}"
    );

    // Named by the configuration or by hand, its rule and its requirements can be looked up.
    let asked = |what: &str| gardefou_in(&estate.path, &["explain", what], &[]);
    let told = asked("test/rule");
    assert_eq!(told.code, 0, "{}", told.stderr);
    for part in ["test/rule", "ACME-NAM-001", "rule: Words (default: Words)"] {
        assert!(told.stdout.contains(part), "{part}: {}", told.stdout);
    }
    let told = asked("ACME-NAM-001");
    assert_eq!(told.code, 0, "{}", told.stderr);
    assert!(told.stdout.contains("test/rule"), "{}", told.stdout);
    assert_eq!(asked("ACME-NAM-002").code, 2);
    let listed = gardefou_in(&estate.path, &["rules", "--format", "json"], &[]);
    assert!(listed.stdout.contains("ACME-NAM-001"), "{}", listed.stderr);
}

#[test]
fn a_lock_is_heeded() {
    let estate = Estate::new();
    let bytes = named("acme/naming");
    estate.write("acme.wasm", &bytes);
    let pin = |sha256: &str| {
        estate.write("gardefou.lock", format!(
            "version = 1\n[[policy]]\npath = \"acme.wasm\"\nsha256 = \"{sha256}\"\ncontract = \"gardefou:policy@0.1.0\"\nrules = [\"acme/naming\"]\n"
        ));
    };
    let with = ["--policy", "acme.wasm"];
    pin(&sha256(&bytes));
    assert_ne!(estate.scan(&with, &[]).code, 2);
    let (code, _, problems) = estate.judged(&[]);
    assert_eq!(code, 2);
    assert!(
        problems[0].contains("pins acme.wasm, which is not there"),
        "{problems:?}"
    );
    pin(&sha256(b"other"));
    let run = estate.scan(&with, &[]);
    assert_eq!(run.code, 2);
    for part in [
        "is not the file that was pinned",
        "gardefou.lock:4",
        "gardefou policy lock",
    ] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    let hash = sha2::Sha256::digest(bytes);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn count(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, Iterator::count)
}

#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
#[test]
fn what_is_compiled_is_kept_for_this_user_alone() {
    let estate = Estate::new();
    estate.write("acme.wasm", guest(PASS_ALL));
    let home = tempfile::tempdir().expect("a folder");
    let kept = home.path().join("gardefou/policies");
    let home = home.path().to_str().expect("UTF-8");
    let with = |more: &[&str], ci: &str| {
        let mut arguments = vec!["--policy", "acme.wasm"];
        arguments.extend(more);
        let run = estate.scan(&arguments, &[("XDG_CACHE_HOME", home), ("CI", ci)]);
        assert_ne!(run.code, 2, "{}", run.stdout);
        run
    };
    with(&["--no-cache"], "");
    let noted = with(&["--verbose"], "true");
    assert!(
        noted
            .stderr
            .contains("note: compiled policies are not kept"),
        "{}",
        noted.stderr
    );
    assert_eq!(count(&kept), 0);
    let first = with(&[], "");
    assert_eq!(count(&kept), 1);
    assert_eq!(with(&[], ""), first);
    assert_eq!(count(&kept), 1);
}
