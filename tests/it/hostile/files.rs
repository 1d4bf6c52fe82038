//! Files that are no texts, or not where they seem to be.

use std::fs;
use std::path::Path;

use super::support::{Outcome, folder, scan};

const BUCKET: &str = "resource \"aws_s3_bucket\" \"a\" {}\n";
const MANIFEST: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n";

fn raw(path: &str, bytes: &[u8]) -> Outcome {
    let folder = folder(&[]);
    fs::write(folder.path().join(path), bytes).expect("written");
    scan(folder.path())
}

fn utf16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

#[test]
fn what_is_no_utf_8_is_named() {
    for (path, bytes) in [
        ("main.tf", b"locals {\n  a = \"\xFF\"\n}\n".to_vec()),
        ("main.tf", utf16(BUCKET)),
        ("main.tf.json", b"{\"locals\": {\"a\": \"\xFF\"}}".to_vec()),
        ("terraform.tfvars", b"a = \"\xE9\"\n".to_vec()),
        ("k.yaml", [MANIFEST.as_bytes(), b"a: \xE9\n"].concat()),
        ("k.yaml", utf16(MANIFEST)),
    ] {
        let outcome = raw(path, &bytes);
        assert_eq!(outcome.code, 2, "{path}: {}", outcome.text);
        assert!(
            outcome.says("encoding", path, "UTF-8"),
            "{path}: {}",
            outcome.text
        );
    }
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    for (path, text) in [
        ("main.tf", BUCKET),
        (
            "main.tf.json",
            "{\"resource\": {\"aws_s3_bucket\": {\"a\": {}}}}",
        ),
        ("k.yaml", MANIFEST),
    ] {
        let with = raw(path, format!("\u{FEFF}{text}").as_bytes());
        let without = raw(path, text.as_bytes());
        assert_eq!(
            with.report["coverage"], without.report["coverage"],
            "{path}"
        );
        assert_eq!(
            with.report["problems"], without.report["problems"],
            "{path}"
        );
        assert_eq!(with.code, without.code, "{path}");
    }
}

#[test]
fn control_characters_are_named() {
    for (path, text, line) in [
        ("main.tf", "locals {\n  a\0 = 1\n}\n", 2),
        (
            "main.tf",
            "resource \"aws_s3_bucket\" \"a\" {\r  bucket = 1\r}\r",
            1,
        ),
        ("main.tf", "\u{FEFF}\u{FEFF}locals {}\n", 1),
        ("main.tf.json", "{\"locals\":\n\0{}}", 2),
        ("k.yaml", "apiVersion: v1\nkind: \"a\0\"\n", 2),
    ] {
        let outcome = raw(path, text.as_bytes());
        assert_eq!(outcome.code, 2, "{text:?}: {}", outcome.text);
        let place = format!("{path}:{line}");
        assert!(
            outcome.says("syntax", &place, ""),
            "{text:?}: {}",
            outcome.text
        );
    }
}

#[test]
fn large_files_are_named_and_not_read() {
    let limit: u64 = 16 << 20;
    let fits = raw("main.tf", &vec![b'#'; limit as usize]);
    assert_ne!(fits.code, 2, "{}", fits.text);
    for (path, bytes, head) in [
        ("main.tf", limit + 1, ""),
        ("main.tf", 2 << 30, BUCKET),
        ("terraform.tfvars", 2 << 30, "a = 1\n"),
        ("k.yaml", 2 << 30, MANIFEST),
    ] {
        let folder = folder(&[("ok.tf", BUCKET), (path, head)]);
        let file = fs::OpenOptions::new()
            .write(true)
            .open(folder.path().join(path));
        // Sparse: it takes no room.
        file.and_then(|file| file.set_len(bytes))
            .expect("a large file");
        let outcome = scan(folder.path());
        assert_eq!(outcome.code, 2, "{path}: {}", outcome.text);
        assert!(
            outcome.says("limit", path, "16 MiB"),
            "{path}: {}",
            outcome.text
        );
    }
}

/// What a plan or a state of two gigabytes begins with tells what it is.
#[test]
fn a_sparse_plan_ends_at_once() {
    let head = "{\"format_version\":\"1.2\",\"terraform_version\":\"1.11.4\",\"planned_values\":";
    let folder = folder(&[("ok.tf", BUCKET), ("plan.json", head)]);
    let file = fs::OpenOptions::new()
        .write(true)
        .open(folder.path().join("plan.json"));
    file.and_then(|file| file.set_len(2 << 30))
        .expect("a large file");
    let outcome = scan(folder.path());
    assert!(outcome.text.contains("`plan.json`"), "{}", outcome.text);
}

/// Code that reads what is none of its business.
#[test]
fn nothing_outside_is_read() {
    let outside = folder(&[
        ("secret.txt", "hunter2hunter2"),
        ("main.tf", "resource \"aws_s3_bucket\" \"outside\" {}\n"),
    ]);
    let shown = outside.path().display().to_string();
    let reads = [
        format!("file(\"{shown}/secret.txt\")"),
        format!("file(\"../../../../../../../..{shown}/secret.txt\")"),
        "file(\"../../outside\")".to_owned(),
        format!("filebase64(\"{shown}/secret.txt\")"),
        format!("templatefile(\"{shown}/secret.txt\", {{}})"),
        format!("fileset(\"{shown}\", \"**\")"),
        format!("fileset(\".\", \"../../../../../..{shown}/**\")"),
        "fileset(\"/\", \"**\")".to_owned(),
        format!("filesha256(\"{shown}/secret.txt\")"),
        "file(\"/proc/self/environ\")".to_owned(),
        "file(pathexpand(\"~/.profile\"))".to_owned(),
        "file(\"./link.txt\")".to_owned(),
        "file(\"./links/secret.txt\")".to_owned(),
        "fileset(\".\", \"**\")".to_owned(),
    ];
    let mut text: String = reads
        .iter()
        .enumerate()
        .map(|(at, read)| {
            format!("resource \"aws_s3_bucket\" \"b{at}\" {{\n  bucket = jsonencode({read})\n}}\n")
        })
        .collect();
    text.push_str(
        "module \"m\" {\n  source = \"./links\"\n}\nmodule \"n\" {\n  source = \"../../..\"\n}\n",
    );
    let inside = folder(&[("main.tf", &text)]);
    link(outside.path(), &inside.path().join("links"));
    link(
        &outside.path().join("secret.txt"),
        &inside.path().join("link.txt"),
    );
    link(
        &outside.path().join("main.tf"),
        &inside.path().join("link.tf"),
    );
    let outcome = scan(inside.path());
    assert!(!outcome.text.contains("hunter2"), "{}", outcome.text);
    // In base64, and the name of the resource that is outside.
    assert!(!outcome.text.contains("aHVudGVy"), "{}", outcome.text);
    assert!(
        !outcome.text.contains("aws_s3_bucket.outside"),
        "{}",
        outcome.text
    );
    let run =
        crate::support::gardefou_in(inside.path(), &["inspect", ".", "--format", "json"], &[]);
    for secret in [
        "hunter2",
        "aHVudGVy",
        "aws_s3_bucket.outside",
        "secret.txt\\\"]",
    ] {
        assert!(!run.stdout.contains(secret), "{secret}: {}", run.stdout);
    }
}

#[cfg(unix)]
fn link(to: &Path, at: &Path) {
    std::os::unix::fs::symlink(to, at).expect("a link");
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) {}

#[cfg(unix)]
#[test]
fn circles_of_links_end() {
    let folder = folder(&[("ok.tf", BUCKET), ("x/y/ok.tf", BUCKET)]);
    link(Path::new("."), &folder.path().join("a"));
    link(Path::new("b"), &folder.path().join("c"));
    link(Path::new("c"), &folder.path().join("b"));
    link(Path::new("../.."), &folder.path().join("x/y/up"));
    link(Path::new("self.tf"), &folder.path().join("self.tf"));
    let outcome = scan(folder.path());
    assert_eq!(
        outcome.report["coverage"]["resources"],
        scan_without_links(),
        "{}",
        outcome.text
    );
}

#[cfg(unix)]
fn scan_without_links() -> serde_json::Value {
    let folder = folder(&[("ok.tf", BUCKET), ("x/y/ok.tf", BUCKET)]);
    scan(folder.path()).report["coverage"]["resources"].clone()
}

/// A pipe without a writer would block whoever opens it, a device without an end whoever reads it.
#[cfg(unix)]
#[test]
fn pipes_and_devices_are_not_opened() {
    let text = format!(
        "{BUCKET}output \"a\" {{\n  value = file(\"./data.txt\")\n}}\noutput \"b\" {{\n  value = filesha256(\"./zero.txt\")\n}}\n"
    );
    let folder = folder(&[("ok.tf", &text), ("sub/ok.tf", BUCKET)]);
    let pipes = [
        "a.tf",
        "k.yaml",
        "p.json",
        "x.tfvars",
        "gardefou.toml",
        "data.txt",
        "sub/.gardefouignore",
    ];
    let made = std::process::Command::new("mkfifo")
        .args(pipes)
        .current_dir(folder.path())
        .status();
    assert!(made.expect("mkfifo runs").success());
    for name in ["b.tf", "zero.txt", "z.yaml"] {
        link(Path::new("/dev/zero"), &folder.path().join(name));
    }
    let outcome = scan(folder.path());
    assert_eq!(outcome.code, 2, "{}", outcome.text);
    for path in ["a.tf", "b.tf", "x.tfvars", "sub/.gardefouignore"] {
        assert!(
            outcome.says("unreadable", path, ""),
            "{path}: {}",
            outcome.text
        );
    }
}

/// What is left out is read on the way into a folder, the first one as well.
#[test]
fn rules_of_what_to_leave_out_are_bounded() {
    let folder = folder(&[("ok.tf", BUCKET), (".gardefouignore", "")]);
    let rules = fs::OpenOptions::new()
        .write(true)
        .open(folder.path().join(".gardefouignore"));
    rules
        .and_then(|file| file.set_len(2 << 30))
        .expect("a large file");
    let outcome = scan(folder.path());
    assert_eq!(outcome.code, 2, "{}", outcome.text);
    assert!(
        outcome.says("unreadable", ".gardefouignore", "1 MiB"),
        "{}",
        outcome.text
    );
}

/// For whoever runs the tests as the super-user every file is readable.
#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder(&[("ok.tf", BUCKET), ("closed.tf", BUCKET)]);
    let closed = folder.path().join("closed.tf");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("closed");
    if fs::read(&closed).is_ok() {
        return;
    }
    let outcome = scan(folder.path());
    assert_eq!(outcome.code, 2);
    assert!(
        outcome.says("unreadable", "closed.tf", ""),
        "{}",
        outcome.text
    );
}
