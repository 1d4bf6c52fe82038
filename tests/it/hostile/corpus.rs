//! Every limit of `docs/src/limits.md`: its fixture is scanned with little address space, and ends with the message of the
//! table and exit status 2.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::support::{folder, scan_with};
use crate::guest;
use crate::support::root;

/// A row of a table of limits.
#[derive(Debug)]
struct Row {
    fixture: String,
    message: String,
}

const PAGE: &str = "docs/src/limits.md";

/// The rows whose last two cells are a fixture and a message.
fn rows() -> Vec<Row> {
    let page = fs::read_to_string(root().join(PAGE)).expect("the page");
    let mut rows = Vec::new();
    for line in page.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [.., fixture, message] = cells.as_slice() else {
            continue;
        };
        let code = |cell: &str| Some(cell.strip_prefix('`')?.strip_suffix('`')?.to_owned());
        if let (Some(fixture), Some(message)) = (code(fixture), message.strip_prefix('…')) {
            rows.push(Row {
                fixture,
                message: message.trim_end_matches('…').to_owned(),
            });
        }
    }
    assert!(rows.len() > 50, "{}", rows.len());
    rows
}

/// What is scanned: a folder, with further arguments.
struct Input {
    folder: PathBuf,
    arguments: Vec<String>,
    /// Goes with it.
    _made: Option<tempfile::TempDir>,
}

fn input(fixture: &str) -> Input {
    let committed = root().join("fixtures/hostile").join(fixture);
    if committed.is_dir() {
        return Input {
            folder: committed,
            arguments: Vec::new(),
            _made: None,
        };
    }
    let (made, arguments) = made(fixture);
    Input {
        folder: made.path().to_owned(),
        arguments,
        _made: Some(made),
    }
}

const BUCKET: &str = "resource \"aws_s3_bucket\" \"a\" {}\n";

/// What would be too large to commit, or what git keeps no files of.
fn made(name: &str) -> (tempfile::TempDir, Vec<String>) {
    let none = Vec::new();
    match name {
        "large-file" => (sparse("large.tf", BUCKET, (16 << 20) + 1), none),
        "large-variables" => (sparse("terraform.tfvars", "a = 1\n", 2 << 30), none),
        "large-manifest" => (sparse("k.yaml", "apiVersion: v1\n", 2 << 30), none),
        "large-plan" => (sparse("a.tfplan", "", (1 << 30) + 1), none),
        "large-state" => (sparse("terraform.tfstate", "{", (1 << 30) + 1), none),
        "large-configuration" => (sparse("gardefou.toml", "#", (4 << 20) + 1), none),
        "large-ignore-file" => (sparse(".gardefouignore", "#", (1 << 20) + 1), none),
        "large-baseline" => {
            let folder = sparse("baseline.json", "{", 2 << 30);
            let text = "[baseline]\nfile = \"baseline.json\"\n";
            fs::write(folder.path().join("gardefou.toml"), text).expect("written");
            (folder, none)
        }
        "module-depth" => {
            let folder = folder(&[]);
            for at in 0..40 {
                let below = folder.path().join(format!("m{at}"));
                fs::create_dir(&below).expect("a folder");
                let call = format!("module \"n\" {{\n  source = \"../m{}\"\n}}\n", at + 1);
                fs::write(below.join("main.tf"), call).expect("written");
            }
            (folder, none)
        }
        "evaluation-depth" => {
            let mut text = "locals {\n  s0 = 1\n".to_owned();
            for at in 1..10_000 {
                text += &format!("  s{at} = local.s{}\n", at - 1);
            }
            text += "}\noutput \"o\" {\n  value = local.s9999\n}\n";
            (folder(&[("main.tf", &text)]), none)
        }
        "blocks-of-a-file" => (folder(&[("main.tf", &"a{}\n".repeat(1 << 18))]), none),
        "arguments-of-a-file" => {
            let arguments: String = (0..600_000).map(|at| format!("a{at}=1\n")).collect();
            (
                folder(&[("main.tf", &format!("locals {{\n{arguments}}}\n"))]),
                none,
            )
        }
        "declared" => {
            let code: String = (0..70_000)
                .map(|at| format!("resource \"a\" \"b{at}\" {{}}\n"))
                .collect();
            (folder(&[("main.tf", &code)]), none)
        }
        "values-by-default" => {
            let code = "locals {\n  r = range(1000)\n}\noutput \"o\" {\n  value = [for a in local.r : [for b in local.r : \"x${a}y${b}\"]]\n}\n";
            (folder(&[("main.tf", code)]), none)
        }
        "values-of-a-json-file" => {
            let text = format!("{{\"locals\": {{\"a\": [{}0]}}}}", "0,".repeat(1 << 21));
            (folder(&[("main.tf.json", &text)]), none)
        }
        "link-outside" => linked("/etc/passwd"),
        "link-to-a-device" => linked("/dev/zero"),
        "policy-fuel" => policy(&guest::guest("(loop $l (br $l)) unreachable")),
        "policy-memory" => policy(&guest::guest(
            "(drop (memory.grow (i32.const 16000))) unreachable",
        )),
        "policy-trap" => policy(&guest::guest("unreachable")),
        "policy-stack" => {
            let endless = "(func $f (param i32) (result i32) (i32.add (call $f (local.get 0)) (i32.const 1)))";
            policy(&guest::guest_with(endless, "", "(call $f (i32.const 0))"))
        }
        "policy-no-component" => policy(b"\0asm\x01\0\0\0"),
        "policy-size" => {
            let (folder, arguments) = policy(b"\0asm");
            grow(&folder.path().join("p.wasm"), (64 << 20) + 1);
            (folder, arguments)
        }
        "policies" => {
            let (folder, arguments) = policy(b"\0asm");
            for at in 0..101 {
                let file = folder.path().join(format!("p{at}.wasm"));
                fs::write(file, guest::named(&format!("test/r{at}"))).expect("written");
            }
            fs::remove_file(folder.path().join("p.wasm")).expect("removed");
            (folder, vec![arguments[0].clone(), ".".to_owned()])
        }
        other => panic!("{other} is neither in fixtures/hostile nor made here"),
    }
}

fn policy(bytes: &[u8]) -> (tempfile::TempDir, Vec<String>) {
    let folder = folder(&[("main.tf", BUCKET)]);
    fs::write(folder.path().join("p.wasm"), bytes).expect("written");
    (folder, vec!["--policy".to_owned(), "p.wasm".to_owned()])
}

/// A file of so many bytes that takes no room, beside a good one.
fn sparse(path: &str, head: &str, bytes: u64) -> tempfile::TempDir {
    let folder = folder(&[("ok.tf", BUCKET), (path, head)]);
    grow(&folder.path().join(path), bytes);
    folder
}

fn grow(file: &Path, bytes: u64) {
    let file = fs::OpenOptions::new().write(true).open(file);
    file.and_then(|file| file.set_len(bytes))
        .expect("a large file");
}

#[cfg(unix)]
fn linked(to: &str) -> (tempfile::TempDir, Vec<String>) {
    let folder = folder(&[("ok.tf", BUCKET)]);
    std::os::unix::fs::symlink(to, folder.path().join("link.tf")).expect("a link");
    (folder, Vec::new())
}

#[cfg(not(unix))]
fn linked(_: &str) -> (tempfile::TempDir, Vec<String>) {
    (folder(&[]), Vec::new())
}

#[test]
fn every_limit_is_met_with_its_message() {
    let mut wrong = Vec::new();
    for row in rows() {
        let input = input(&row.fixture);
        let arguments: Vec<&str> = input.arguments.iter().map(String::as_str).collect();
        let outcome = scan_with(&input.folder, &arguments);
        let met = outcome.problems().iter().any(|problem| {
            problem["message"]
                .as_str()
                .unwrap_or_default()
                .contains(&row.message)
        });
        if outcome.code != 2 || !met {
            let said: Vec<_> = outcome
                .problems()
                .iter()
                .map(|one| one["message"].to_string())
                .collect();
            let said: String = said.join("; ").chars().take(500).collect();
            wrong.push(format!("{row:?}: status {}: {said}", outcome.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fixture_is_in_the_table_and_in_the_list() {
    let top = root().join("fixtures/hostile");
    let folders: BTreeSet<String> = fs::read_dir(&top)
        .expect("the corpus")
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().expect("a name"))
        .collect();
    let listed = fs::read_to_string(top.join("README.md")).expect("the list");
    let rows = rows();
    for name in &folders {
        let row = format!("| `{name}` |");
        assert!(
            listed.contains(&row),
            "{name} is not in fixtures/hostile/README.md"
        );
        let tested = rows.iter().any(|row| row.fixture == *name)
            || listed.contains(&format!("{row} harmless:"));
        assert!(tested, "{name} is not in {PAGE}");
    }
}

/// What is merely odd is judged as it stands.
#[test]
fn what_is_harmless_is_judged() {
    let listed = fs::read_to_string(root().join("fixtures/hostile/README.md")).expect("the list");
    let mut harmless = 0;
    for line in listed.lines().filter(|line| line.contains("| harmless:")) {
        let name = line.split('`').nth(1).expect("a name");
        let outcome = scan_with(&root().join("fixtures/hostile").join(name), &[]);
        // 3: all that there is are modules that are not at hand.
        assert!(
            matches!(outcome.code, 0 | 1 | 3),
            "{name}: {}",
            outcome.text
        );
        assert!(!outcome.text.contains("/root"), "{name}: {}", outcome.text);
        harmless += 1;
    }
    assert!(harmless > 2);
}
