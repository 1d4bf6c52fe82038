//! The sample estates: what is printed, and what must hold of it whatever it says.

use serde_json::Value;

use crate::support::{AS_OF, FIXTURES, all_fixtures, gardefou, root, scan_json};

/// Snapshots say what changed; the other tests here say what may never be wrong.
#[test]
fn the_report_for_people() {
    for (path, _) in FIXTURES {
        let run = gardefou(&["scan", path, "--as-of", AS_OF]);
        let name = format!("human__{}", short(path));
        insta::assert_snapshot!(
            name,
            format!("{}\n--- stderr ---\n{}", run.stdout, run.stderr)
        );
    }
}

/// The shape of the output; what it says of the estates is in the reports for people.
#[test]
fn the_json_report() {
    for path in [
        "fixtures/broken/missing-module",
        "fixtures/broken/yaml-document",
    ] {
        let (_, mut document) = scan_json(path, &[]);
        document["tool"]["version"] = "VERSION".into();
        // The table is in `requirements.rs`; its shape is that of two rows.
        let rows = document["requirements"].as_array_mut().expect("a list");
        rows.retain(|row| row["id"] == "GDP-LOC-001" || row["id"] == "SNC-GOV-001");
        let text = serde_json::to_string_pretty(&document).expect("JSON");
        insta::assert_snapshot!(format!("json__{}", short(path)), text);
    }
}

#[test]
fn the_exit_status_is_the_same_in_every_format() {
    for (path, expected) in FIXTURES {
        for format in ["human", "json"] {
            let run = gardefou(&["scan", path, "--as-of", AS_OF, "--format", format]);
            assert_eq!(
                run.code, expected,
                "{path} as {format}\n{}\n{}",
                run.stdout, run.stderr
            );
        }
        let (code, document) = scan_json(path, &[]);
        assert_eq!(document["summary"]["exit_status"], code, "{path}");
    }
}

#[test]
fn the_json_report_follows_its_schema() {
    let schema =
        std::fs::read_to_string(root().join("docs/schema/scan.schema.json")).expect("the schema");
    let schema = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for path in &all_fixtures() {
        let (_, document) = scan_json(path, &[]);
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{path}: {errors:#?}");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    for path in &all_fixtures() {
        for command in ["scan", "inspect"] {
            let run = |threads| {
                gardefou(&[
                    command,
                    path,
                    "--as-of",
                    AS_OF,
                    "--format",
                    "json",
                    "--threads",
                    threads,
                ])
            };
            assert_eq!(run("1"), run("8"), "{command} {path}");
        }
    }
}

/// Every location, read again from the file, holds what it claims to point at.
#[test]
fn places_point_at_what_they_speak_of() {
    let mut checked = 0;
    for path in &all_fixtures() {
        let (_, document) = scan_json(path, &[]);
        for finding in list(&document["findings"]) {
            let text = pointed_text(path, &finding["location"]);
            assert!(
                !text.trim().is_empty() && !text.contains('\n'),
                "{path}: {finding:#}"
            );
            check_pointed(path, finding, &text);
            for piece in list(&finding["evidence"])
                .iter()
                .filter(|piece| piece["path"].is_string())
            {
                let line = line_of(path, string(&piece["path"]), number(&piece["line"]));
                let column = number(&piece["column"]);
                assert!(column <= line.chars().count() + 1, "{path}: {piece:#}");
            }
            checked += 1;
        }
        for problem in list(&document["problems"])
            .iter()
            .filter(|problem| problem["location"].is_object())
        {
            pointed_text(path, &problem["location"]);
        }
    }
    assert!(checked > 20, "only {checked} findings in all fixtures");
}

/// A header names its resource; an attribute has its name on the line, or is the evidence that the finding names first.
fn check_pointed(path: &str, finding: &Value, text: &str) {
    let address = string(&finding["address"]);
    match string(&finding["pointed"]) {
        // A stored state names a resource by the values of `name` and `index_key`.
        "header" if string(&finding["location"]["path"]).ends_with(".tfstate") => {
            assert!(
                address.contains(text.trim_matches('"')),
                "{path}: {address} is not {text:?}"
            );
        }
        "header" if address.contains(' ') || address.contains('/') => {
            // A manifest's `kind:` line; a claim made by a StatefulSet has its name alone.
            let kind = string(&finding["kind"])
                .rsplit('/')
                .next()
                .unwrap_or_default();
            let declared = text.contains(kind) || text.starts_with("name:");
            assert!(declared, "{path}: {address} is not declared by {text:?}");
        }
        "header" => {
            // `aws_s3_bucket` and `a` of `module.m["x.y"].aws_s3_bucket.a[0]`; of `terraform.backend.s3` the last part.
            let kind = string(&finding["kind"])
                .rsplit('.')
                .next()
                .unwrap_or_default();
            let after = address
                .rsplit(&format!("{kind}."))
                .next()
                .unwrap_or_default();
            let name = after.split('[').next().unwrap_or_default();
            let name = name.rsplit('.').next().unwrap_or_default();
            // What only a plan has of a module is shown at the call.
            let call = text
                .strip_prefix("module ")
                .map(|call| call.trim_matches('"'));
            let is_called = call.is_some_and(|call| address.starts_with(&format!("module.{call}")));
            assert!(
                is_called || text.contains(kind) && text.contains(name),
                "{path}: {address} is not declared by {text:?}"
            );
        }
        "attribute" if finding["attribute"].is_string() => {
            let attribute = string(&finding["attribute"]);
            let key = attribute
                .rsplit(['.', '"'])
                .find(|part| part.parse::<u32>().is_err() && !matches!(*part, "" | "]" | "*"));
            let at = |line| line_of(path, string(&finding["location"]["path"]), line);
            let number = number(&finding["location"]["start"]["line"]);
            let line = at(number);
            // A mapping of YAML begins below its key.
            let above = || at(number.saturating_sub(1).max(1));
            let heads = |key: &str| {
                let above = above();
                above.trim_start().strip_prefix(key) == Some(":")
            };
            assert!(
                key.is_none_or(|key| line.contains(key) || heads(key)) || text.contains("each."),
                "{path}: {attribute} is not on {line:?}"
            );
        }
        _ => {}
    }
}

/// Lines that are added above a finding change nothing but its lines.
#[test]
fn fingerprints_survive_edits_elsewhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = root().join("fixtures/mixed-aws");
    copy(&source, folder.path(), "");
    let before = fingerprints(folder.path().to_str().expect("UTF-8"));
    let edited = tempfile::tempdir().expect("a folder");
    copy(&source, edited.path(), "# a line\n\n# and another\n");
    let after = fingerprints(edited.path().to_str().expect("UTF-8"));
    assert!(!before.is_empty());
    assert_eq!(before, after);
}

fn fingerprints(path: &str) -> Vec<String> {
    let (_, document) = scan_json(path, &[]);
    let mut all: Vec<String> = list(&document["findings"])
        .iter()
        .map(|finding| string(&finding["fingerprint"]).to_owned())
        .collect();
    all.sort();
    let count = all.len();
    all.dedup();
    assert_eq!(all.len(), count, "fingerprints are unique");
    all
}

/// Copies a folder, with a text in front of every Terraform file.
fn copy(from: &std::path::Path, to: &std::path::Path, front: &str) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target, front);
        } else if path.extension().is_some_and(|extension| extension == "tf") {
            let text = std::fs::read_to_string(&path).expect("text");
            std::fs::write(target, format!("{front}{text}")).expect("written");
        } else {
            std::fs::copy(&path, target).expect("copied");
        }
    }
}

fn short(path: &str) -> String {
    path.trim_start_matches("fixtures/").replace('/', "-")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("a text: {value}"))
}

fn number(value: &Value) -> usize {
    let number = value
        .as_u64()
        .unwrap_or_else(|| panic!("a number: {value}"));
    usize::try_from(number).expect("small")
}

fn line_of(scanned: &str, path: &str, line: usize) -> String {
    let file = root().join(scanned).join(path);
    let text = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let text = String::from_utf8_lossy(&text).into_owned();
    let found = text.split('\n').nth(line - 1).map(str::to_owned);
    found.unwrap_or_else(|| panic!("{path} has no line {line}"))
}

/// The text of a location, by its lines and columns alone.
fn pointed_text(scanned: &str, location: &Value) -> String {
    let at = |end: &str, part: &str| number(&location[end][part]);
    let (first, last) = (at("start", "line"), at("end", "line"));
    let path = string(&location["path"]);
    let mut lines: Vec<String> = (first..=last)
        .map(|line| line_of(scanned, path, line))
        .collect();
    let cut = |line: &str, from: usize, to: usize| -> String {
        line.chars()
            .skip(from)
            .take(to.saturating_sub(from))
            .collect()
    };
    if first == last {
        return cut(
            &lines[0],
            at("start", "column") - 1,
            at("end", "column") - 1,
        );
    }
    let count = lines.len();
    lines[0] = cut(&lines[0], at("start", "column") - 1, usize::MAX);
    lines[count - 1] = cut(&lines[count - 1], 0, at("end", "column") - 1);
    lines.join("\n")
}
