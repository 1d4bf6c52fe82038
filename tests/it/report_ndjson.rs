//! One JSON object a line: described by its schema, in order, and equal to the JSON report.

use std::fs;

use serde_json::Value;

use crate::support::{AS_OF, all_fixtures, gardefou, gardefou_in, root, scan_json};

fn validator() -> jsonschema::Validator {
    let schema = |name: &str| -> Value {
        let text = fs::read_to_string(root().join("docs/schema").join(name)).expect("a schema");
        serde_json::from_str(&text).expect("JSON")
    };
    let registry = jsonschema::Registry::new()
        .add(
            "https://example.invalid/scan.schema.json",
            schema("scan.schema.json"),
        )
        .expect("a resource")
        .prepare()
        .expect("a registry");
    jsonschema::options()
        .with_registry(&registry)
        .with_base_uri("https://example.invalid/scan-line.schema.json")
        .build(&schema("scan-line.schema.json"))
        .expect("a schema")
}

fn lines(text: &str) -> Vec<Value> {
    assert!(text.is_empty() || text.ends_with('\n'));
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

fn scan(path: &str, more: &[&str]) -> String {
    let arguments = ["scan", path, "--as-of", AS_OF, "--format", "ndjson"];
    gardefou(&[&arguments[..], more].concat()).stdout
}

#[test]
fn the_lines_follow_their_schema_and_say_what_json_says() {
    let validator = validator();
    for path in all_fixtures() {
        let lines = lines(&scan(&path, &[]));
        for line in &lines {
            let errors: Vec<String> = validator
                .iter_errors(line)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{path}: {errors:#?}");
        }
        let types: Vec<&str> = lines
            .iter()
            .filter_map(|line| line["type"].as_str())
            .collect();
        let order = ["start", "finding", "requirement", "problem", "summary"];
        let ranks = types
            .iter()
            .map(|is| order.iter().position(|one| one == is));
        assert!(ranks.is_sorted(), "{path}: {types:?}");
        assert_eq!(types.first(), Some(&"start"), "{path}");
        assert_eq!(types.last(), Some(&"summary"), "{path}");
        let (_, json) = scan_json(&path, &[]);
        for (is, key) in [
            ("finding", "findings"),
            ("requirement", "requirements"),
            ("problem", "problems"),
        ] {
            let said: Vec<Value> = lines
                .iter()
                .filter(|line| line["type"] == is)
                .map(|line| {
                    let mut line = line.as_object().expect("an object").clone();
                    line.shift_remove("type");
                    line.into()
                })
                .collect();
            assert_eq!(Value::from(said), json[key], "{path}: {key}");
        }
        let last = lines.last().expect("a line");
        assert_eq!(last["coverage"], json["coverage"], "{path}");
        assert_eq!(
            last["exit_status"], json["summary"]["exit_status"],
            "{path}"
        );
    }
    let mut more = lines(&scan("fixtures/mixed-aws", &[]));
    for line in &mut more {
        line["surprise"] = 1.into();
        assert!(!validator.is_valid(line), "{line}");
    }
}

/// The first line says that a part follows, in the words of the JSON report.
#[test]
fn a_part_of_the_findings_says_so_at_once() {
    let folder = crate::reports_ci::in_part();
    let run = |format: &str| {
        let arguments = [
            "scan",
            ".",
            "--as-of",
            AS_OF,
            "--files-from",
            "list",
            "--format",
            format,
        ];
        gardefou_in(folder.path(), &arguments, &[]).stdout
    };
    let lines = lines(&run("ndjson"));
    let whole: Value = serde_json::from_str(&run("json")).expect("JSON");
    let validator = validator();
    for line in &lines {
        assert!(validator.is_valid(line), "{line}");
    }
    assert!(whole["scope"].is_object() && whole["baseline"].is_object());
    assert_eq!(lines[0]["scope"], whole["scope"]);
    assert_eq!(lines[0]["baseline"], whole["baseline"]);
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    for path in ["fixtures/health-data-hub-on-azure", "fixtures/mixed-aws"] {
        let run = |threads| scan(path, &["--threads", threads]);
        assert_eq!(run("1"), run("8"), "{path}");
    }
}

/// Readers that know more ends of lines than JSON does find none inside of one.
#[test]
fn hostile_names_break_no_line() {
    let evil = "x\u{1b}[2J\u{202e}\u{85}\u{2028}\u{b}y";
    let folder = tempfile::tempdir().expect("a folder");
    let code = format!(
        "provider \"aws\" {{\n  region = \"us-east-1\"\n}}\nresource \"aws_s3_bucket\" \"a\" {{\n  for_each = toset([\"{evil}\"])\n  tags = {{ data-classification = \"health\" }}\n}}\n",
    );
    fs::write(folder.path().join(format!("{evil}.tf")), code).expect("written");
    for format in ["ndjson", "json"] {
        let arguments = ["scan", ".", "--as-of", AS_OF, "--format", format];
        let run = gardefou_in(folder.path(), &arguments, &[]);
        let strange =
            |c: char| (c.is_control() && c != '\n') || "\u{2028}\u{2029}\u{202e}".contains(c);
        assert!(!run.stdout.contains(strange), "{}", run.stdout);
        let findings = match format {
            "json" => {
                let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
                document["findings"].as_array().expect("a list").clone()
            }
            _ => lines(&run.stdout),
        };
        // The values are what was written.
        let named = |finding: &&Value| {
            let address = finding["address"].as_str().unwrap_or_default();
            address.contains('\u{202e}') || address.contains("\\u")
        };
        let path = format!("{evil}.tf");
        let mut findings = findings.iter().filter(named);
        assert!(
            findings.any(|finding| finding["location"]["path"] == path.as_str()),
            "{}",
            run.stdout
        );
    }
}
